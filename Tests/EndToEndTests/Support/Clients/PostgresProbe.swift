import Foundation
import LocalServers
import TestSupport

/// Reads Postgres with psql, independently of Scorecast's code. Results may have any size that tests need.
struct PostgresProbe: Sendable {
    let url: String

    /// Returns the rows of a query, with columns separated by `|`.
    func rows(_ sql: String) async throws -> [Substring] {
        let psql = try ExecutableSearch.system.find("psql", install: "apt-get install postgresql-client")
        let output = try Files.openNameless()
        let arguments = ["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url]
        let child = try ChildProcess.spawn(.init(psql, arguments), output: output)
        guard await child.wait(.seconds(30)) == .code(0) else {
            await child.stop(SIGKILL, within: .zero)
            throw LocalServerError.commandFailed(
                command: "psql", reason: "it could not answer", output: Self.text(output))
        }
        return Self.text(output).split(separator: "\n")
    }

    private static func text(_ output: Descriptor) -> String {
        String(decoding: Files.read(output, from: 0, bytes_max: 64 * 1024 * 1024), as: UTF8.self)
    }
}
