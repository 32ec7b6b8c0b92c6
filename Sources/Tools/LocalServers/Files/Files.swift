import Foundation

/// The text of an `errno`.
func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}

/// A file descriptor that is closed with its last reference.
package final class Descriptor: Sendable {
    package let number: Int32

    package init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }
}

/// The few file operations that the servers need, with errors that name the path.
package enum Files {
    /// Opens a file so that no child process inherits it by accident.
    package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws -> Descriptor {
        let number = Foundation.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw LocalServerError.system(call: "open", subject: path, code: errno) }
        return Descriptor(number)
    }

    /// A file without a name, for the output of a command: unlike a pipe it never makes the command wait for a reader.
    package static func openNameless() throws -> Descriptor {
        var failure: (any Error)?
        // In a container with a read-only disk, `/dev/shm` is often the one folder that anybody may write to.
        for folder in [NSTemporaryDirectory(), "/dev/shm"] {
            let path = folder + "/scorecast-" + UUID().uuidString
            do {
                let file = try open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, mode: 0o600)
                unlink(path)
                return file
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? LocalServerError.invalid("There is no temporary folder.")
    }

    /// Makes a folder and those above it that are missing.
    ///
    /// Each new one gets mode 711: the files inside have modes of their own, and a server under another account can
    /// pass through.
    package static func makeFolder(_ path: String) throws {
        if isFolder(path) { return }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty, parent != path { try makeFolder(parent) }
        guard mkdir(path, 0o711) == 0 || errno == EEXIST else {
            throw LocalServerError.system(call: "mkdir", subject: path, code: errno)
        }
        try setMode(path, 0o711)
    }

    /// Whether the path names a folder, following links.
    package static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether the path names anything.
    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// The absolute path with no links and no `..` in it.
    package static func realPath(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else {
            throw LocalServerError.system(call: "realpath", subject: path, code: errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func setMode(_ path: String, _ mode: mode_t) throws {
        guard chmod(path, mode) == 0 else {
            throw LocalServerError.system(call: "chmod", subject: path, code: errno)
        }
    }

    /// Gives a file or folder to an account; does nothing without one.
    static func setOwner(_ path: String, _ owner: UnixUser?) throws {
        guard let owner else { return }
        guard chown(path, owner.user, owner.group) == 0 else {
            throw LocalServerError.system(call: "chown", subject: path, code: errno)
        }
    }

    /// Writes a file that only its owner may read, completely or not at all.
    static func writePrivate(_ text: String, to path: String, owner: UnixUser?) throws {
        let draft = path + ".new"
        unlink(draft)
        let file = try open(draft, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try replaceContent(of: file, with: text, path: draft)
        try setOwner(draft, owner)
        guard rename(draft, path) == 0 else {
            throw LocalServerError.system(call: "rename", subject: path, code: errno)
        }
    }

    /// Makes `text` the whole content of an open file.
    static func replaceContent(of file: Descriptor, with text: String, path: String) throws {
        let bytes = Array(text.utf8)
        guard ftruncate(file.number, 0) == 0, pwrite(file.number, bytes, bytes.count, 0) == bytes.count else {
            throw LocalServerError.system(call: "write", subject: path, code: errno)
        }
    }

    /// The last lines of a file, at most `lines` of the last 16 KiB after `offset`; empty if it cannot be read.
    package static func tail(_ path: String, from offset: Int64 = 0, lines: Int = 20) -> String {
        guard let file = try? open(path, O_RDONLY) else { return "" }
        return tail(file, from: offset, lines: lines)
    }

    /// The same of an open file.
    static func tail(_ file: Descriptor, from offset: Int64 = 0, lines: Int = 20) -> String {
        let bytes_max = 16 * 1024
        let start = max(offset, size(file) - Int64(bytes_max))
        let text = String(decoding: read(file, from: start, bytes_max: bytes_max), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).suffix(lines).joined(separator: "\n")
    }

    static func size(_ file: Descriptor) -> Int64 {
        var status = stat()
        return fstat(file.number, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Up to `bytes_max` bytes of a file.
    package static func read(_ file: Descriptor, from offset: Int64, bytes_max: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes_max) { buffer, count in
            count = 0
            while count < bytes_max {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let got = pread(file.number, rest.baseAddress, rest.count, off_t(offset) + off_t(count))
                guard got > 0 else { return }
                count += got
            }
        }
    }
}
