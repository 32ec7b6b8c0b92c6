import Gateway
import Testing

/// The pages.
@Suite struct PageTests {
    @Test func servesTheFiles() async throws {
        try await TestGateway.run { server in
            let files = [
                ("/", "text/html; charset=utf-8", "<!DOCTYPE html>"),
                ("/play", "text/html; charset=utf-8", "<!DOCTYPE html>"),
                ("/play.js", "text/javascript; charset=utf-8", "from \"./scorecast.js\""),
                ("/scoreboard.css", "text/css; charset=utf-8", "{"),
                ("/scoreboard.js", "text/javascript; charset=utf-8", "from \"./scorecast.js\""),
                ("/scorecast.d.ts", "application/typescript; charset=utf-8", "export function follow("),
                ("/scorecast.js", "text/javascript; charset=utf-8", "export function follow("),
                ("/tower.css", "text/css; charset=utf-8", "{"),
                ("/state.js", "text/javascript; charset=utf-8", "export"),
                ("/scorecast/connection.js", "text/javascript; charset=utf-8", "export class Connection"),
                ("/scorecast/standings.js", "text/javascript; charset=utf-8", "export function applyChanges"),
            ]
            for (path, type, part) in files {
                let response = try TestHTTP.get(port: server.port, path)
                #expect(response.status == 200)
                #expect(response["content-type"] == type)
                #expect(response.body.contains(part))
                #expect(response["cache-control"] == "no-cache")
                #expect(response["x-content-type-options"] == "nosniff")
                #expect(response["referrer-policy"] == "no-referrer")
                let policy = try #require(response["content-security-policy"])
                #expect(
                    policy.hasPrefix(
                        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:;"))
                #expect(policy.hasSuffix("base-uri 'none'; form-action 'none'; frame-ancestors 'none'"))
            }
            #expect(try TestHTTP.get(port: server.port, "/scoreboard.txt").status == 404)
        }
    }

    /// The server has every file that the pages load or a module imports.
    @Test func servesWhatThePageLoadsAndModulesImport() async throws {
        try await TestGateway.run { server in
            var (waiting, seen) = (["/"], Set<String>())
            while let path = waiting.popLast() {
                guard seen.insert(path).inserted else { continue }
                let response = try TestHTTP.get(port: server.port, path)
                #expect(response.status == 200, "\(path)")
                let folder = path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
                for match in response.body.matches(of: /(?:from|import) "\.(\/[^"]+)"/) {
                    waiting.append(folder + match.output.1)
                }
                for match in response.body.matches(of: /(?:href=|src=|new Worker\()"(\/[\w.\/-]+)"/) {
                    waiting.append(String(match.output.1))
                }
            }
            #expect(seen.count == 42)
        }
    }

    @Test func answersRevalidation() async throws {
        try await TestGateway.run { server in
            let tag = try #require(try TestHTTP.get(port: server.port, "/")["etag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count == 34)
            for match in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let response = try TestHTTP.get(port: server.port, "/", headers: [("If-None-Match", match)])
                #expect(response.status == 304, "\(match)")
                #expect(response["etag"] == tag)
                #expect(response.body.isEmpty)
            }
            #expect(try TestHTTP.get(port: server.port, "/", headers: [("If-None-Match", "\"x\"")]).status == 200)
            #expect(try TestHTTP.get(port: server.port, "/scoreboard.js")["etag"] != tag)
        }
    }
}
