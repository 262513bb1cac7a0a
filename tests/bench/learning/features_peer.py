"""The 222 features of features_bench.cc by pandas; prints feature values a second on one core."""
import sys
import time

import numpy as np
import pandas as pd

rows, columns = map(int, sys.argv[1:])
data = pd.DataFrame(np.random.default_rng(1).random((rows, columns)), columns=[f"c{i}" for i in range(columns)])
best = 0.0
for turn in range(3):
    start = time.perf_counter()
    window = data.rolling(30)
    parts = [data, data - data.shift(10), window.mean(), window.std(), window.min(), window.max()]
    parts += [data["c22"].shift(lag) for lag in range(30)]
    matrix = pd.concat(parts, axis=1).iloc[29:].to_numpy(np.float32)
    best = max(best, matrix.size / (time.perf_counter() - start))
print(best)
