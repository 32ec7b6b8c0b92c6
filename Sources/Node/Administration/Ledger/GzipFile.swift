import CZlib
import Foundation
import Storage

/// A file of lines that is compressed while it is written (RFC 1952). It has its name only when it is complete and on
/// the disk; until then `.partial` is added to it. Used by one thread.
final class GzipFile: LedgerSink {
    private let path: String?
    private let descriptor: Int32
    private var file: gzFile?
    private let progress: @Sendable (Int64) -> Void
    private var rows: Int64 = 0

    /// - Parameters:
    ///   - path: the file, which must not exist; nil for standard output.
    ///   - progress: is told how many rows were written.
    init(path: String?, progress: @escaping @Sendable (Int64) -> Void) throws {
        (self.path, self.progress) = (path, progress)
        if let path {
            guard !FileManager.default.fileExists(atPath: path) else { throw ExportError.exists(path) }
            descriptor = open(Self.partial(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        } else {
            descriptor = dup(STDOUT_FILENO)
        }
        guard descriptor >= 0 else { throw Self.error(path) }
        // zlib closes its own descriptor. This one stays open, to wait for the disk.
        file = gzdopen(dup(descriptor), "wb6")
        guard file != nil else { throw Self.error(path) }
    }

    deinit {
        if let file { gzclose_w(file) }
        close(descriptor)
    }

    func write(_ rows: [String]) throws {
        var text: [UInt8] = []
        for row in rows {
            text.append(contentsOf: row.utf8)
            text.append(UInt8(ascii: "\n"))
        }
        guard let file, gzwrite(file, text, UInt32(text.count)) == Int32(text.count) else { throw Self.error(path) }
        self.rows += Int64(rows.count)
        progress(self.rows)
    }

    func finish() throws {
        guard let file else { return }
        self.file = nil
        guard gzclose_w(file) == Z_OK else { throw Self.error(path) }
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(Self.partial(path), path) == 0 else { throw Self.error(path) }
    }

    private static func partial(_ path: String) -> String { path + ".partial" }

    private static func error(_ path: String?) -> ExportError {
        .file(path ?? "standard output", String(cString: strerror(errno)))
    }
}
