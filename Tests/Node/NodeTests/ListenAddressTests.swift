import Administration
import Foundation
import NIOCore
import NIOPosix
import Node
import Settings
import Testing

@Suite("The address of a node") struct ListenAddressTests {
    private static func configuration(host: String = "127.0.0.1", port: Int) -> NodeConfiguration {
        var configuration = NodeConfiguration()
        configuration.httpHost = host
        configuration.httpPort = port
        return configuration
    }

    @Test("a port that another program uses is reported with its setting, and is free after that program ends")
    func taken() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        for host in ["127.0.0.1", "localhost", "0.0.0.0"] {
            let problem = ListenAddress.problem(of: Self.configuration(host: host, port: port))
            #expect(problem?.key == "SCORECAST_HTTP_PORT")
            #expect(problem?.reason.contains("\(port)") == true && problem?.reason.contains("--port") == true)
        }
        try await server.close()
        // Try twice: the check must not take the port.
        for _ in 0..<2 { #expect(ListenAddress.problem(of: Self.configuration(port: port)) == nil) }
    }

    @Test("the operators' port is checked, too, and reported with its own setting")
    func operations() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = Self.configuration(port: 0)
        configuration.operationsPort = try #require(server.localAddress?.port)
        let problem = ListenAddress.problem(of: configuration)
        #expect(problem?.key == "SCORECAST_OPERATIONS_PORT" && problem?.reason.contains("--port") == false)
        try await server.close()
        #expect(ListenAddress.problem(of: configuration) == nil)
    }

    @Test("a port that the system chooses is always free")
    func free() {
        #expect(ListenAddress.problem(of: Self.configuration(port: 0)) == nil)
        #expect(ListenAddress.problem(of: Self.configuration(host: "0.0.0.0", port: 0)) == nil)
    }

    @Test("an address of another machine, and an unknown name", arguments: ["192.0.2.1", "nobody.invalid"])
    func elsewhere(_ host: String) {
        #expect(ListenAddress.problem(of: Self.configuration(host: host, port: 0))?.key == "SCORECAST_HTTP_HOST")
    }

    @Test("each failure names the setting to change")
    func failures() {
        let keys = [EADDRINUSE, EACCES, EADDRNOTAVAIL, EAFNOSUPPORT].map {
            ListenAddress.problem($0, at: .init(host: "::", port: 80, settings: "SCORECAST_HTTP_")).key
        }
        #expect(keys == ["SCORECAST_HTTP_PORT", "SCORECAST_HTTP_PORT", "SCORECAST_HTTP_HOST", "SCORECAST_HTTP_HOST"])
    }

    @Test(
        "the URL of a node for programs on this machine",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://127.0.0.1:80"),
            ("::1", "http://[::1]:80"), ("game.example", "http://game.example:80"),
        ])
    func localURL(_ host: String, _ url: String) {
        #expect(Self.configuration(host: host, port: 1).localURL(port: 80) == url)
    }

    @Test("the refusal of an update comes with advice")
    func advice() {
        #expect(ScorePost.advice(status: 200, body: "") == nil)
        #expect(ScorePost.advice(status: 401, body: "")?.contains("--data") == true)
        #expect(ScorePost.advice(status: 403, body: #"{"code":"suspicious_activity"}"#)?.contains("--verify") == true)
        #expect(ScorePost.advice(status: 404, body: #"{"code":"unknown_action"}"#)?.contains("/actions") == true)
        #expect(ScorePost.advice(status: 503, body: "")?.contains("/readyz") == true)
    }
}
