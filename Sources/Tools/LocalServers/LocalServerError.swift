import Foundation

/// Why a private server could not be found, started or used. The description is written for the person at the
/// terminal: it says what failed and what to do about it.
public enum LocalServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// An executable is neither in `PATH` nor in the folders of packages; `install` says how to get it.
    case missingExecutable(name: String, install: String)
    /// The account that an unprivileged server must run as does not exist.
    case missingUser(name: String, install: String)
    /// Another process already runs a server from this data folder.
    case folderInUse(path: String)
    /// A server of an earlier run still holds the folder and could not be stopped.
    case leftoverServer(path: String)
    /// The server ended, or did not become ready in time; `log` is the end of its output in this attempt.
    case startFailed(server: String, reason: String, log: String)
    /// A helper command such as `initdb` failed; `output` is the end of its output.
    case commandFailed(command: String, reason: String, output: String)
    /// A call to the operating system failed; `code` is its `errno`.
    case system(call: String, subject: String, code: Int32)
    /// A value of the caller cannot be used.
    case invalid(String)

    /// Says what failed and what to do about it. It has no secrets, but may have log lines of the server.
    public var description: String {
        switch self {
        case .missingExecutable(let name, let install):
            "\(name) is not installed, or not in PATH. Install it with: \(install)"
        case .missingUser(let name, let install):
            "There is no user \(name) to run the server as (it refuses to run as root). Install it with: \(install)"
        case .folderInUse(let path):
            "\(path) is in use by another process that is running. Stop it first, or choose another folder with --data."
        case .leftoverServer(let path):
            "A server of an earlier run still holds \(path) and cannot be stopped. See \(path)/server.pid."
        case .startFailed(let server, let reason, let log):
            "\(server) did not start: \(reason).\(Self.quoted(log, as: "The end of its log"))"
        case .commandFailed(let command, let reason, let output):
            "\(command) failed: \(reason).\(Self.quoted(output, as: "The end of its output"))"
        case .system(let call, let subject, let code):
            "\(call) failed on \(subject): \(systemMessage(code)).\(Self.remedy(code))"
        case .invalid(let message):
            message
        }
    }

    /// Advice about an error of the system, if there is any.
    private static func remedy(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM:
            " The user who runs this (id \(geteuid())) may not do that. Choose a folder of that user's own with "
                + "--data, or run it as the user who owns this one."
        case EROFS: " The disk is read-only. Choose a folder that can be written to with --data."
        case ENOSPC, EDQUOT: " There is no room left. Free some, or choose a folder elsewhere with --data."
        case ENOTDIR: " A part of the path is a file. Choose another folder with --data."
        default: ""
        }
    }

    private static func quoted(_ text: String, as title: String) -> String {
        text.isEmpty ? "" : " \(title):\n\(text)"
    }
}
