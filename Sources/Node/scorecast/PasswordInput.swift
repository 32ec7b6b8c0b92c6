import ArgumentParser
import Foundation

/// Reads a password: from the terminal without showing it, or one line of standard input.
enum PasswordInput {
    /// More than the node takes, so that the node says what is wrong.
    private static let bytesMax = 4096

    /// Reads the password. On a terminal it is asked for twice.
    static func read() throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            return try line(ifNone: "Standard input has no password: give it one line.")
        }
        let first = try hidden("Password: ")
        guard try hidden("The same again: ") == first else { throw ValidationError("The passwords differ.") }
        return first
    }

    /// One line, without its end.
    ///
    /// - Parameter text: the error if there is none.
    private static func line(ifNone text: String) throws -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            // Unlike a read, it ends with each signal, and so with Ctrl-C (signal(7)).
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&input, 1, -1) > 0 else { throw Interrupted() }
            let count = Foundation.read(STDIN_FILENO, &byte, 1)
            if count <= 0 || byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
            guard bytes.count <= bytesMax else { throw ValidationError("The password is too long.") }
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw ValidationError(text) }
        guard let password = String(validating: bytes, as: UTF8.self) else {
            throw ValidationError("The password is not UTF-8.")
        }
        return password
    }

    /// Ctrl-C was pressed.
    private struct Interrupted: Error {}

    /// Asks on the terminal, which shows nothing of the answer. The terminal is as before then, also after Ctrl-C.
    private static func hidden(_ prompt: String) throws -> String {
        try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw ValidationError("The terminal cannot be used.") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        let handler = signal(SIGINT) { _ in }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            signal(SIGINT, handler)
            Shell.note("")
        }
        do {
            return try line(ifNone: "The password is empty.")
        } catch is Interrupted {
            throw ExitCode(130)
        }
    }
}
