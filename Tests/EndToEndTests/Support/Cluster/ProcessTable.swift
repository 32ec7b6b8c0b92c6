import Foundation

/// Finds the processes of this machine that use a folder: as their working folder or in their command line.
enum ProcessTable {
    /// Returns their ids and command lines.
    static func processes(of folder: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int32($0) != nil && Int32($0) != getpid() }.compactMap { pid in
            let workingFolder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
            let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map {
                String(decoding: $0, as: UTF8.self).replacing("\0", with: " ")
            }
            let belongs = workingFolder?.hasPrefix(folder) == true || command?.contains(folder) == true
            return belongs ? "\(pid): \(command ?? "")" : nil
        }
    }
}
