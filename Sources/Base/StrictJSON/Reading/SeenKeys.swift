/// The keys of one object that were read so far. They are kept to refuse duplicates.
///
/// The first sixteen need no allocation: a SIMD vector serves as an inline array, which keeps the hot path off the
/// heap. Further keys go into an array. A key is stored as its position in the input.
struct SeenKeys {
    private static let inlineCount = 16
    private static let escapeFlag: UInt64 = 1 << 63

    private var inline = SIMD16<UInt64>()
    private var spilled: [UInt64] = []
    private(set) var count = 0

    /// Adds a key of the text that begins at `base`. Returns `false` if an equal key was added before.
    mutating func insert(_ key: JSONText, base: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<count {
            let place = index < Self.inlineCount ? inline[index] : spilled[index - Self.inlineCount]
            if matches(place, key, base) { return false }
        }
        let place = pack(key, base)
        if count < Self.inlineCount { inline[count] = place } else { spilled.append(place) }
        count += 1
        return true
    }

    /// Packs the offset (31 bits), the length (31 bits) and whether there are escapes. A document has less than
    /// 2^31 bytes.
    private func pack(_ key: JSONText, _ base: UnsafeRawBufferPointer) -> UInt64 {
        var offset = 0
        if let start = key.raw.baseAddress, let origin = base.baseAddress { offset = start - origin }
        return UInt64(offset) << 31 | UInt64(key.raw.count) | (key.hasEscapes ? Self.escapeFlag : 0)
    }

    private func matches(_ place: UInt64, _ key: JSONText, _ base: UnsafeRawBufferPointer) -> Bool {
        let length = Int(place & 0x7FFF_FFFF)
        let offset = Int(place >> 31 & 0x7FFF_FFFF)
        let raw = UnsafeRawBufferPointer(rebasing: base[offset..<(offset + length)])
        if place & Self.escapeFlag == 0, !key.hasEscapes { return raw.hasSameBytes(as: key.raw) }
        return JSONText.rescanned(raw).isSame(as: key)
    }
}
