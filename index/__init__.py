"""From a report file to a searchable index."""

import os

# OpenBLAS threads wait for work by spinning, on the cores that the encoder needs next:
# with one thread the slowest questions take 11 ms instead of 25. Set before NumPy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
