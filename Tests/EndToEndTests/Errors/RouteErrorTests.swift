import TestSupport
import Testing

extension EndToEnd {
    @Suite("Reads and routes: what is refused", .apiNodes())
    struct RouteErrors {
        @Test(
            "400 invalid_input for an invalid limit",
            arguments: ["0", "1001", "-1", "x", "", "1.5", "99999999999999999999"])
        func limit(_ limit: String) async throws {
            let answer = try await Cluster.ofSuite.get("/leaderboard?limit=\(limit)")
            let fault = ErrorForm.fault(
                in: answer, status: 400, code: "invalid_input", message: Sentence.invalidInput, field: "limit")
            #expect(fault == nil)
        }

        @Test("the lowest and the highest limit are accepted", arguments: [1, 1000])
        func limitTaken(_ limit: Int) async throws {
            #expect(try await Cluster.ofSuite.get("/leaderboard?limit=\(limit)").status == 200)
        }

        @Test(
            "400 invalid_input for a cursor that no page returned",
            arguments: [
                "garbage", "zz", "00", "31", "ff20ff", "%00", "31202", String(repeating: "a", count: 5000), "%C3%A9",
            ])
        func cursor(_ cursor: String) async throws {
            let answer = try await Cluster.ofSuite.get("/leaderboard?cursor=\(cursor)")
            let fault = ErrorForm.fault(
                in: answer, status: 400, code: "invalid_input", message: Sentence.invalidInput, field: "cursor")
            #expect(fault == nil)
        }

        @Test("404 for a window or period that the board does not have", arguments: ["window", "period"])
        func window(_ name: String) async throws {
            let answer = try await Cluster.ofSuite.get("/leaderboard?\(name)=nonsense")
            #expect(ErrorForm.fault(in: answer, status: 404, code: "unknown_\(name)") == nil)
        }

        @Test("404 for an unknown board")
        func board() async throws {
            #expect(
                ErrorForm.fault(in: try await Cluster.ofSuite.get("/leaderboard?board=nope"), status: 404, code: nil)
                    == nil)
        }

        @Test(
            "404 in the form of every error for an unknown path",
            arguments: ["/nope", "/leaderboards", "/update-score/x", "/ws/nope"])
        func path(_ path: String) async throws {
            #expect(ErrorForm.fault(in: try await Cluster.ofSuite.get(path), status: 404, code: nil) == nil)
        }

        @Test(
            "405 and Allow in the form of every error for another method (RFC 9110, 15.5.6)",
            arguments: [
                ("GET", "/update-score", "POST"), ("PUT", "/update-score", "POST"), ("DELETE", "/leaderboard", "GET"),
                ("POST", "/leaderboard", "GET"), ("POST", "/healthz", "GET"),
            ])
        func method(_ method: String, _ path: String, _ allowed: String) async throws {
            let answer = try await TinyHTTP.request(method, port: try Cluster.ofSuite.port(), path)
            #expect(ErrorForm.fault(in: answer, status: 405, code: nil) == nil)
            #expect(answer.header("allow")?.contains(allowed) == true)
        }
    }
}
