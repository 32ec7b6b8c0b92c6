import NIOCore

/// The clock of the limits, and of what is known for a time.
package enum SteadyTime {
    /// Nanoseconds since some moment; it never goes back.
    package static var nanoseconds: Int64 { Int64(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) }

    /// The same, in microseconds.
    package static var microseconds: Int64 { nanoseconds / 1000 }

    /// The same, in milliseconds.
    package static var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
