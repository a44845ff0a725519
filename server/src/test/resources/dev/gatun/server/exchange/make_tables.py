"""Writes tables.jsonl: small tables in every form that TableTest reads, made by pyarrow.

Usage: python make_tables.py > tables.jsonl   (pyarrow, version in the key "by")
"""

import base64
import datetime
import decimal
import io
import json

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

N = 16
ROWS = {
    "id": pa.array(range(N), pa.int64()),
    "text": pa.array([None if i % 6 == 5 else f"größe {i % 4}" for i in range(N)]),
    "small": pa.array([i - 8 for i in range(N)], pa.int32()),
    "ratio": pa.array([i / 4 for i in range(N)], pa.float32()),
    "odd": pa.array([i % 2 == 1 for i in range(N)]),
    "tools": pa.array([None if i % 7 == 3 else ["a"] * (i % 3) for i in range(N)]),
    "turns": pa.array([[{"role": "user", "n": j} for j in range(i % 3)] for i in range(N)]),
    "scores": pa.array(
        [{"x": i / 2, "y": 1.0} if i % 4 else {} for i in range(N)],
        pa.map_(pa.string(), pa.float64()),
    ),
}
TABLE = pa.table(ROWS)
PLAIN = TABLE.select(["id", "text", "small", "ratio", "odd"])


def rows(table):
    """As Table gives them: without nulls, maps as objects."""
    out = []
    for row in table.to_pylist():
        row = {k: v for k, v in row.items() if v is not None}
        if "scores" in row:
            row["scores"] = dict(row["scores"])
        out.append(row)
    return out


def emit(name, data, table):
    print(
        json.dumps(
            {
                "name": name,
                "by": "pyarrow " + pa.__version__,
                "base64": base64.b64encode(data).decode(),
                "rows": rows(table),
            },
            ensure_ascii=False,
        )
    )


def parquet(name, table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    emit(name + ".parquet", out.getvalue(), table)


def ipc(name, table, writer, compression=None, rows_per_batch=6):
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with writer(out, table.schema, options=options) as sink:
        sink.write_table(table, max_chunksize=rows_per_batch)
    emit(name, out.getvalue(), table)


for codec in ["none", "snappy", "gzip", "zstd", "lz4"]:
    parquet("codec-" + codec, TABLE, compression=codec, row_group_size=9)
parquet("pages-v2", TABLE, data_page_version="2.0", data_page_size=64, compression="zstd")
parquet("pages-v2-none", TABLE, data_page_version="2.0", compression="none")
parquet("pages-small", TABLE, data_page_size=32, write_batch_size=3)
parquet("plain", PLAIN, use_dictionary=False)
parquet(
    "delta",
    PLAIN,
    use_dictionary=False,
    column_encoding={
        "id": "DELTA_BINARY_PACKED",
        "text": "DELTA_BYTE_ARRAY",
        "small": "DELTA_BINARY_PACKED",
        "ratio": "BYTE_STREAM_SPLIT",
        "odd": "RLE",
    },
    data_page_version="2.0",
)
parquet(
    "delta-length", PLAIN, use_dictionary=False, column_encoding={"text": "DELTA_LENGTH_BYTE_ARRAY"}
)
parquet("empty", TABLE.slice(0, 0))
ipc("stream.arrows", TABLE, pa.ipc.new_stream)
ipc("file.arrow", TABLE, pa.ipc.new_file)
ipc("lz4.arrow", TABLE, pa.ipc.new_file, "lz4")
ipc("zstd.arrows", TABLE, pa.ipc.new_stream, "zstd")
CODED = PLAIN.set_column(1, "text", PLAIN["text"].combine_chunks().dictionary_encode())
ipc("dictionary.arrow", CODED, pa.ipc.new_file)
ipc("dictionary.arrows", CODED, pa.ipc.new_stream)
OUT = io.BytesIO()
feather.write_feather(PLAIN, OUT)
emit("default.feather", OUT.getvalue(), PLAIN)
