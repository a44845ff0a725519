"""Writes tables.jsonl: small tables in every form that TableTest reads, made by pyarrow.

Beside it, odd-columns.jsonl: Arrow streams whose column "odd" is not read, with why.

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

VIEWS = pa.table(
    {
        "text": pa.array(["short", None, "größe, longer than a view holds", ""], pa.string_view()),
        "data": pa.array([b"ab", b"cd" * 20, None, b""], pa.binary_view()),
    }
)
SEEN = VIEWS.set_column(1, "data", pa.array(["ab", "cd" * 20, None, ""]))
FEW = pa.table(
    {
        "id": pa.array([2**64 - 1, 2**63, 7], pa.uint64()),
        "small": pa.array([255, None, 1], pa.uint8()),
        "wide": pa.array([2**32 - 1, 1, None], pa.uint32()),
        "half": pa.array([1.5, None, -2.25], pa.float32()).cast(pa.float16()),
        "inner": pa.array([[2**64 - 1], None, []], pa.list_(pa.uint64())),
    }
)
PAIRS = pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32(), 2))
VECTORS = FEW.append_column("vec", PAIRS)
OLD = pa.table({"text": pa.array(["größe".encode(), None, b"plain"])})


def ipc_as(name, table, told):
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema) as sink:
        sink.write_table(table)
    emit(name, out.getvalue(), told)


ipc_as("views.arrow", VIEWS, SEEN)
ipc_as("few.arrow", VECTORS, VECTORS)
parquet("few", FEW)
OUT = io.BytesIO()
pq.write_table(OLD, OUT)
emit("old.parquet", OUT.getvalue(), pa.table({"text": ["größe", None, "plain"]}))


def odd(why, names, arrays):
    table = pa.Table.from_arrays([pa.array(["a"]), *arrays], names=["text", *names])
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as sink:
        sink.write_table(table)
    return json.dumps({"why": why, "base64": base64.b64encode(out.getvalue()).decode()}) + "\n"


RUNS = pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["q"]))
with open("odd-columns.jsonl", "w", encoding="utf-8") as odd_columns:
    odd_columns.write(odd("RunEndEncoded", ["odd"], [RUNS]))
    odd_columns.write(odd("ListView", ["odd"], [pa.array([[1]], pa.list_view(pa.int32()))]))
    odd_columns.write(odd("more than once", ["odd", "odd"], [pa.array(["b"]), pa.array(["c"])]))
    odd_columns.write(
        odd("List of Utf8View", ["odd"], [pa.array([["x"]], pa.list_(pa.string_view()))])
    )
