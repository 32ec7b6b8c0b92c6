import Foundation

/// The account for a server that refuses to run as root, if this process is root.
package struct UnixUser: Sendable, Equatable {
    package let name: String
    let user: uid_t
    let group: gid_t

    /// The account to run as: none unless this process is root.
    package static func unprivileged(named name: String, install: String) throws -> UnixUser? {
        guard geteuid() == 0 else { return nil }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw LocalServerError.missingUser(name: name, install: install)
        }
        return UnixUser(name: name, user: entry.pw_uid, group: entry.pw_gid)
    }

    /// The same command, run as this account on files under `path`.
    ///
    /// The shell and `setpriv` replace themselves by the command, so that the process id is the server's own. If a
    /// folder above `path` is closed to the account (such as a checkout in root's home), the process gets the one
    /// capability that it needs to pass through, and the folder's mode stays unchanged.
    package func command(
        _ command: ChildProcess.Command, path: String, search: ExecutableSearch
    ) throws -> ChildProcess.Command {
        let setpriv = try search.find("setpriv", install: Install.setpriv)
        var options = ["--reuid=\(user)", "--regid=\(group)", "--init-groups"]
        if let closed = closedFolder(above: path) {
            guard let capability = Capability.passingThrough else {
                throw LocalServerError.invalid(
                    "The user \(name) cannot reach \(path), because \(closed) is closed to it. "
                        + "Choose another data folder, or open that one: chmod o+x \(closed)"
                )
            }
            options += ["--inh-caps=+\(capability)", "--ambient-caps=+\(capability)"]
        }
        // Our own folder may be closed to the account as well, so the command starts in `/`.
        let arguments = ["-c", "cd / && exec \"$@\"", "sh", setpriv] + options + ["--", command.executable]
        return ChildProcess.Command("/bin/sh", arguments + command.arguments, environment: command.environment)
    }

    /// The topmost folder above `path` that this account may not pass through.
    private func closedFolder(above path: String) -> String? {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            var status = stat()
            guard stat(folder, &status) == 0 else { return folder }
            let bit = status.st_uid == user ? S_IXUSR : status.st_gid == group ? S_IXGRP : S_IXOTH
            if status.st_mode & bit == 0 { return folder }
        }
        return nil
    }
}

/// The Linux capabilities that let a process pass through folders which are closed to its account.
private enum Capability {
    /// The weakest one that this process has and can hand down (`capabilities(7)`).
    static var passingThrough: String? {
        guard
            let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let set = line.split(whereSeparator: \.isWhitespace).last.flatMap({ UInt64($0, radix: 16) })
        else { return nil }
        if set & (1 << 2) != 0 { return "dac_read_search" }
        if set & (1 << 1) != 0 { return "dac_override" }
        return nil
    }
}
