#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The machine on which the node runs.
enum HostName {
    /// The machine's name, or `unknown`.
    static var current: String {
        var name = [CChar](repeating: 0, count: 256)
        // Leave one byte, so that the text ends with a zero even if it was cut.
        let result = gethostname(&name, name.count - 1)
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return result == 0 && !text.isEmpty ? text : "unknown"
    }
}
