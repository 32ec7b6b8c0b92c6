/// Points that an Ed25519 public key must not be (RFC 8032, RFC 7748).
enum EdwardsPoint {
    /// Whether the 32 bytes name a point of small order, or none of the canonical form. Anybody can make signatures for
    /// a key of small order: the key drops out of the equation that is checked.
    ///
    /// A point is its `y` and the sign of its `x`. Whatever the sign, these `y` are those of the eight points whose
    /// order divides 8; values from 2^255 - 19 on are other spellings of small ones, among them these.
    static func isUnsafe(_ encoded: [UInt8]) -> Bool {
        guard encoded.count == 32 else { return true }
        var y = encoded
        y[31] &= 0x7f
        return smallOrder.contains(y) || !isCanonical(y)
    }

    /// Below 2^255 - 19, in little-endian order.
    private static func isCanonical(_ y: [UInt8]) -> Bool {
        y[31] != 0x7f || y[1..<31].contains { $0 != 0xff } || y[0] < 0xed
    }

    private static let smallOrder: [[UInt8]] = [
        // 0 (order 4), 1 (the neutral element), and -1 (order 2).
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        // The two of order 8.
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
            0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]
}
