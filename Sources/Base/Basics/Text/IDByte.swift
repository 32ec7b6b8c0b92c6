extension UInt8 {
    /// Whether ids may hold this byte: `A-Z a-z 0-9 _ -`. Inlined, since each byte of each action id is asked for.
    @inlinable
    package var isIDByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
