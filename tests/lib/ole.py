# SPDX-License-Identifier: MIT
"""Writes compound files ([MS-CFB]) for tests: ole(streams) gives the bytes of one whose root has these streams."""
import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def entry(name, kind, child, first, size, right=FREE):
    wide = (name + "\0").encode("utf-16-le")
    return (wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, FREE, right, child)
            + bytes(36) + struct.pack("<IQ", first, size))


def ole(streams):
    sectors, chain, mini, minis = [], [], b"", []

    def add(data, size=512):
        first = len(sectors)
        parts = [data[i : i + size].ljust(size, b"\0") for i in range(0, len(data), size)]
        for i, part in enumerate(parts):
            sectors.append(part)
            chain.append(first + i + 1 if i + 1 < len(parts) else END)
        return first if parts else END

    placed = []
    for name, data in streams.items():
        if len(data) >= 4096:
            placed.append((name, add(data), len(data)))
        else:
            first, count = len(minis), -(-len(data) // 64)
            mini += data.ljust(count * 64, b"\0")
            minis += [first + i + 1 if i + 1 < count else END for i in range(count)]
            placed.append((name, first if count else END, len(data)))
    mini_first, mini_table = add(mini), add(b"".join(struct.pack("<I", i) for i in minis))
    directory = entry("Root Entry", 5, 1 if placed else FREE, mini_first, len(mini))
    for i, (name, first, size) in enumerate(placed):
        directory += entry(name, 2, FREE, first, size, i + 2 if i + 1 < len(placed) else FREE)
    directory_first = add(directory)
    tables = 1
    while tables * 128 < len(sectors) + tables:
        tables += 1
    first_table = len(sectors)
    chain += [FAT] * tables
    table = b"".join(struct.pack("<I", i) for i in chain).ljust(tables * 512, b"\xff")
    named = [first_table + i for i in range(tables)] + [FREE] * (109 - tables)
    head = (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
            + struct.pack("<IIIIIIIIII", 0, tables, directory_first, 0, 4096, mini_table if minis else END,
                          -(-len(minis) // 128), END, 0, named[0]) + struct.pack("<108I", *named[1:]))
    return head + b"".join(sectors) + table
