import Foundation

/// Reads files that people name on the command line.
enum SmallFile {
    /// Returns the bytes of a file, at most `bytesMax` + 1 of them, so that a caller sees that a file is too large.
    ///
    /// - Throws: ``LoadError``, which names the file and the system's reason.
    static func bytes(of path: String, bytesMax: Int) throws(LoadError) -> [UInt8] {
        // Not blocking, or opening a named pipe would wait for a writer that may never come.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw refusal(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= bytesMax {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refusal(path) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return Array(bytes.prefix(bytesMax + 1))
    }

    private static func refusal(_ path: String) -> LoadError {
        LoadError("\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
