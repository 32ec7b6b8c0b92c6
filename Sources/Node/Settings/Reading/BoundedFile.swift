#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads small files whole: never more than a limit, and never from something that could block (a pipe, a terminal).
package enum BoundedFile {
    /// Why a file was not read, in words for an operator.
    package struct Failure: Error {
        package let reason: String
    }

    /// The bytes of a regular file.
    ///
    /// - Throws: if the path can't be opened, is not a regular file, or holds more than `limit` bytes.
    package static func read(path: String, limit: Int) throws(Failure) -> [UInt8] {
        // Not blocking, or opening a named pipe would wait for a writer that may never come.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(reason: "can't be opened (\(errorText(errno)))") }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(reason: "can't be read (\(errorText(errno)))") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "is not a regular file") }
        return try readAll(descriptor, limit: limit)
    }

    private static func readAll(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                systemRead(descriptor, buffer)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(reason: "can't be read (\(errorText(errno)))")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw Failure(reason: "holds more than \(limit) bytes") }
        }
    }

    private static func errorText(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}

/// Outside of the type, whose own `read` would hide the system's.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
