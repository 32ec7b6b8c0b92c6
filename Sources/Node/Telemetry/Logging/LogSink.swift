import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where log lines go: each is written whole, under a lock, so that lines of different threads never mix.
public final class LogSink: Sendable {
    /// Longest line in bytes, with its newline. More is cut, so that one line can't fill a disk or a collector's
    /// buffer.
    public static let lineBytesMax = 16 << 10

    /// The process's standard error. Logs go there in both formats: standard output is for the output of commands.
    public static let standardError = LogSink(fileDescriptor: 2)

    private let write: @Sendable ([UInt8]) -> Bool
    private let lock = Mutex(())
    private let dropped = Atomic<Int>(0)

    /// Lines that were lost, whole or in part.
    public var droppedLines: Int { dropped.load(ordering: .relaxed) }

    /// Lines go to `write`, one call each, newline included, never two at a time. It returns whether it took the line.
    public init(write: @escaping @Sendable ([UInt8]) -> Bool) {
        self.write = write
    }

    /// Lines go to an open file descriptor, which stays the caller's.
    ///
    /// A log that nobody reads must not stop the service: a line is dropped, and counted, when the descriptor takes
    /// nothing for a tenth of a second, and from then on at once until it takes something again.
    public convenience init(fileDescriptor: Int32) {
        let output = DescriptorOutput(descriptor: fileDescriptor)
        self.init { output.write($0) }
    }

    /// Writes one line, newline included.
    package func write(line: [UInt8]) {
        let taken = lock.withLock { _ in write(line) }
        if !taken { dropped.wrappingAdd(1, ordering: .relaxed) }
    }
}

/// Writes lines to a file descriptor, blocking or not. Called under the sink's lock only.
private final class DescriptorOutput: Sendable {
    private static let waitMilliseconds: Int32 = 100
    /// The bytes that a writable pipe takes without blocking (POSIX `PIPE_BUF`, as on Linux).
    private static let chunkBytesMax = 4_096
    /// How many tries in a row a signal or another writer may interrupt.
    private static let fruitlessMax = 8

    private struct State {
        /// Whether the latest line was cut: then the next one begins with a line break.
        var isMidLine = false
        /// Whether the descriptor took nothing at the latest try: waiting for it again would stop the caller at each
        /// line.
        var isStalled = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// - Returns: whether all of the line was written.
    func write(_ line: [UInt8]) -> Bool {
        state.withLock { state in
            let bytes = state.isMidLine ? [0x0a] + line : line
            let written = bytes.withUnsafeBytes { writeAll($0, isStalled: &state.isStalled) }
            if written > 0 { state.isMidLine = written < bytes.count }
            return written == bytes.count
        }
    }

    /// - Returns: how many bytes were written.
    private func writeAll(_ bytes: UnsafeRawBufferPointer, isStalled: inout Bool) -> Int {
        var offset = 0
        var fruitless = 0
        while offset < bytes.count && fruitless < Self.fruitlessMax {
            // Polled first: otherwise a blocking descriptor would hold the caller until somebody reads.
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&request, 1, isStalled ? 0 : Self.waitMilliseconds)
            if ready < 0 && errno == EINTR {
                fruitless += 1
                continue
            }
            isStalled = ready <= 0
            guard ready > 0 else { return offset }

            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...].prefix(Self.chunkBytesMax))
            let count = systemWrite(descriptor, rest.baseAddress, rest.count)
            if count > 0 {
                offset += count
                fruitless = 0
            } else if count < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) {
                fruitless += 1
            } else {
                return offset
            }
        }
        return offset
    }
}

/// Outside of the types, since their own `write` would hide the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
