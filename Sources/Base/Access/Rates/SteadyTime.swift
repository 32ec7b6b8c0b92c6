import NIOCore

/// The clock of the limits.
package enum SteadyTime {
    /// Nanoseconds since some moment; it never goes back.
    package static var nanoseconds: Int64 { Int64(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) }
}
