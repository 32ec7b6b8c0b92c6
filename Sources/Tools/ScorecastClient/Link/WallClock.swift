#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// This machine's clock, to be compared with the server's.
enum WallClock {
    /// Microseconds since 1970.
    static func microseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
