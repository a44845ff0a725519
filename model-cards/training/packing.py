"""Whole numbers in groups of seven bits, the lowest first; the eighth bit says that more follow."""


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def unpacked(raw):
    """The numbers of some bytes, one by one."""
    value, shift = 0, 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value, shift = 0, 0
