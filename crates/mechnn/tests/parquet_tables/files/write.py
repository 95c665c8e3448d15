"""Writes the files beside this one: python write.py. They were written with pandas 3.1.1 on pyarrow 26.0.1, Polars 2.1.0 and
fastparquet 2026.9.0."""

import datetime

import numpy as np
import pandas as pd
import polars as pl

hours = pd.date_range("2021-03-05 09:30", periods=30, freq="h")
hare = np.round(30 + 10 * np.sin(np.arange(30) / 4), 2)
lynx = [None if i == 7 else 4 + i % 5 for i in range(30)]
site = ["north" if i % 2 else "south" for i in range(30)]

table = pd.DataFrame({"hare [count]": hare, "lynx": pd.array(lynx, dtype="Int16"), "site": pd.Categorical(site)})
table.set_axis(hours, axis=0).to_parquet("pandas.parquet")
polars = pl.DataFrame({"date": list(hours.to_pydatetime()), "hare [count]": hare, "lynx": lynx, "site": site})
polars.write_parquet("polars.parquet")
plain = pd.DataFrame({"hour": np.arange(30.0), "hare [count]": hare.astype("float32"), "lynx": pd.Series(lynx, dtype=float)})
plain["site"] = site
plain.to_parquet("fastparquet.parquet", engine="fastparquet", compression="gzip", index=False)
