"""
Three machines' worth of PostgreSQL under Patroni and etcd, the wallet over it: `make test-ha`.

Not a part of `make test`: ``python -m tests.ha`` plays it and prints its figures.
"""
