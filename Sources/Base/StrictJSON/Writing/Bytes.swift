extension UnsafeRawBufferPointer {
    /// The end of the run of plain bytes (``Byte/isPlain(_:)``) that begins at `start`.
    @inline(__always)
    func endOfPlainRun(from start: Int) -> Int {
        var position = start
        while position &+ 8 <= count, Byte.allPlain(loadUnaligned(fromByteOffset: position, as: UInt64.self)) {
            position &+= 8
        }
        while position < count, Byte.isPlain(self[position]) { position &+= 1 }
        return position
    }

    /// Whether two runs of bytes are the same. Not in constant time, so do not use it for secrets.
    package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var position = 0
        while position &+ 8 <= count {
            let mine = loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard mine == other.loadUnaligned(fromByteOffset: position, as: UInt64.self) else { return false }
            position &+= 8
        }
        while position < count {
            guard self[position] == other[position] else { return false }
            position &+= 1
        }
        return true
    }
}
