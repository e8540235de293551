"""Many files at once: read and encoded by Ray, on this machine or on a cluster.

Ray's tasks and actors, not Ray Data: that refuses files which only the driver can see where it
is a client of a cluster, which is just our case, and brings a quarter of a gigabyte of packages.
"""
