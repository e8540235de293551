"""A library kept in Milvus, for many reports and many users.

`address` says where it is, `server` talks to it, `schema` names the collections, `packing`
turns token vectors into text, `statistics` counts words, `backend` writes and reads reports,
`search` finds candidates.
"""
