import Foundation
import LocalServers
import TestSupport
import Testing

/// The system's nginx with `deploy/nginx.conf`, in front of nodes. Only addresses and paths of the file are changed.
final class NginxProcess: Sendable {
    let port: Int
    private let child: ChildProcess
    private let folder: ServerFolder

    private init(port: Int, child: ChildProcess, folder: ServerFolder) {
        self.port = port
        self.child = child
        self.folder = folder
    }

    /// Whether the tests with nginx run: if it is installed, and always in continuous integration.
    static var isWanted: Bool {
        let isIntegration = ProcessInfo.processInfo.environment["CI"]?.isEmpty == false
        return isIntegration || (try? executable()) != nil
    }

    private static func executable() throws -> String {
        try ExecutableSearch.system.find("nginx", install: "apt-get install nginx-light")
    }

    /// Runs a test behind nginx, and stops nginx afterwards.
    ///
    /// - Parameter origin: the origin of the page that may read nginx's own answers.
    static func run(
        before cluster: Cluster, origin: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (NginxProcess) async throws -> Void
    ) async throws {
        let nginx = try await start(before: cluster, origin: origin)
        do {
            try await body(nginx)
            await nginx.child.stop(SIGTERM, within: .seconds(10))
        } catch {
            await nginx.child.stop(SIGKILL, within: .seconds(10))
            throw error
        }
    }

    private static func start(before cluster: Cluster, origin: String) async throws -> NginxProcess {
        let folder = try ServerFolder(makeTestFolder("nginx"))
        let port = try FreePort.take()
        let api = try #require(cluster.apis.first).port
        let gateway = try #require(cluster.gateways.first).port
        let shipped = try String(contentsOf: Checkout.root.appending(path: "deploy/nginx.conf"), encoding: .utf8)
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: "\n")
        var text = shipped.replacing(#/server api\d:8080/#, with: "server 127.0.0.1:\(api)")
        text = text.replacing(#/server (?:accounts|play)\d:8080/#, with: "server 127.0.0.1:\(api)")
        text = text.replacing(#/server gateway\d:8080/#, with: "server 127.0.0.1:\(gateway)")
        for (old, new) in [
            ("listen 8080 ", "listen 127.0.0.1:\(port) "), ("error_log /dev/stderr warn;", "error_log stderr warn;"),
            // If root starts nginx, its workers change to another user, who has no access to the folder.
            ("pid /tmp/nginx.pid;", "pid \(folder.path)/pid; daemon off;" + (geteuid() == 0 ? " user root;" : "")),
            ("http {", "http {\n" + temporary), ("# https://game.example ", "\(origin) "),
        ] {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        let file = folder.path + "/nginx.conf"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let command = ChildProcess.Command(try executable(), ["-e", "stderr", "-p", folder.path, "-c", file])
        let nginx = NginxProcess(port: port, child: try folder.launch(command), folder: folder)
        do {
            try await eventually("nginx answers", timeout: .seconds(15)) {
                try await TinyHTTP.request(port: port, "/nginx-health").status == 200
            }
        } catch {
            await nginx.child.stop(SIGKILL, within: .seconds(10))
            throw LocalServerError.startFailed(
                server: "nginx", reason: "\(error)", log: Files.tail(folder.log, lines: 20))
        }
        return nginx
    }

    /// Sends the bytes of a request, and returns the answer.
    func exchange(_ request: String) async throws -> TinyHTTP.Response {
        let port = port
        return try await onThread { try KeepAliveClient(port: port).exchange(Array(request.utf8)) }
    }
}
