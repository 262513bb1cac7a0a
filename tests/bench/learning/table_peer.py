"""A CSV file by pandas or pyarrow: prints megabytes a second and the peak memory in megabytes."""
import os
import resource
import sys
import time

library, path = sys.argv[1:]
if library == "pandas":
    import pandas

    start = time.perf_counter()
    pandas.read_csv(path, parse_dates=["time"])
else:
    import pyarrow
    import pyarrow.csv

    pyarrow.set_cpu_count(2)
    start = time.perf_counter()
    pyarrow.csv.read_csv(path)
seconds = time.perf_counter() - start
print(os.path.getsize(path) / 1e6 / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
