import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("POST /update-score: bodies that are refused", .apiNodes())
    struct BodyErrors {
        @Test("400 invalid_input for a body that is not a JSON object", arguments: notObjects)
        func notAnObject(_ attempt: Attempt) async throws {
            try await attempt.expectRefusal(400, "invalid_input", message: Sentence.invalidInput)
        }

        @Test(
            "400 invalid_input for a field that is missing, of a wrong type, malformed or too long", arguments: fields
        )
        func field(_ attempt: Attempt) async throws {
            try await attempt.expectRefusal(400, "invalid_input", message: Sentence.invalidInput)
        }

        @Test("both missing fields are reported at once")
        func bothMissing() async throws {
            let cluster = try Cluster.ofSuite
            let answer = try await cluster.post("{}", token: cluster.credentials.token("u1"))
            for field in ["user_id", "action_id"] {
                #expect(ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: field) == nil)
            }
        }

        @Test(
            "bytes that are not allowed in a JSON string: a raw NUL, broken UTF-8, an overlong encoding",
            arguments: [
                [0x00], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x0A],
            ] as [[UInt8]])
        func bytes(_ bad: [UInt8]) async throws {
            let cluster = try Cluster.ofSuite
            let id = cluster.credentials.actionID("u1")
            let body = Array(#"{"user_id":"u1"#.utf8) + bad + Array(#"","action_id":"\#(id)"}"#.utf8)
            try await Attempt.expectNothingChanges {
                let answer = try await Self.send(body, type: "application/json", cluster)
                let fault = ErrorForm.fault(
                    in: answer, status: 400, code: "invalid_input", message: Sentence.invalidInput, field: "user_id")
                #expect(fault == nil)
            }
        }

        @Test(
            "415 for another media type, or none",
            arguments: ["text/plain", "", "application/jsonx", "application/x-www-form-urlencoded"])
        func mediaType(_ type: String) async throws {
            let cluster = try Cluster.ofSuite
            let body = Update.body(user: "u1", id: cluster.credentials.actionID("u1"))
            try await Attempt.expectNothingChanges {
                let answer = try await Self.send(Array(body.utf8), type: type, cluster)
                #expect(ErrorForm.fault(in: answer, status: 415, code: nil) == nil)
            }
        }

        @Test(
            "JSON with parameters and in any case is JSON",
            arguments: ["application/json; charset=utf-8", "Application/JSON"])
        func mediaTypeAccepted(_ type: String) async throws {
            let cluster = try Cluster.ofSuite
            let body = Update.body(user: "u1", id: cluster.credentials.actionID("u1"))
            #expect(try await Self.send(Array(body.utf8), type: type, cluster).status == 200)
        }

        @Test("4096 bytes are accepted, one more gives 413")
        func size() async throws {
            let cluster = try Cluster.ofSuite
            let body = Update.body(user: "u1", id: cluster.credentials.actionID("u1"))
            let token = cluster.credentials.token("u1")
            let padding = String(repeating: " ", count: 4097 - body.utf8.count)
            try await Attempt.expectNothingChanges {
                let answer = try await cluster.post(body + padding, token: token)
                #expect(ErrorForm.fault(in: answer, status: 413, code: nil) == nil)
            }
            #expect(try await cluster.post(body + padding.dropLast(), token: token).status == 200)
        }

        @Test(
            "413 is sent before the body arrives",
            arguments: [
                "Content-Length: 10000000\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1400\r\n" + String(repeating: " ", count: 0x1400) + "\r\n",
            ])
        func tooLarge(_ rest: String) async throws {
            let cluster = try Cluster.ofSuite
            let head = """
                POST /update-score HTTP/1.1\r
                Host: 127.0.0.1\r
                Content-Type: application/json\r
                Authorization: Bearer \(cluster.credentials.token("u1"))\r

                """
            let port = try cluster.port()
            try await Attempt.expectNothingChanges {
                let start = ContinuousClock.now
                let answer = try await onThread {
                    let socket = try LoopbackSocket(port: port, timeout: .seconds(5))
                    try socket.send(Array((head + rest).utf8))
                    return try KeepAliveClient.response(from: socket)
                }
                #expect(ErrorForm.fault(in: answer, status: 413, code: nil) == nil)
                #expect(ContinuousClock.now - start < .seconds(3))
            }
        }

        private static func send(_ body: [UInt8], type: String, _ cluster: Cluster) async throws -> TinyHTTP.Response {
            let port = try cluster.port()
            let typeField = type.isEmpty ? "" : "Content-Type: \(type)\r\n"
            let head = """
                POST /update-score HTTP/1.1\r
                Host: 127.0.0.1\r
                Authorization: Bearer \(cluster.credentials.token("u1"))\r
                Content-Length: \(body.count)\r
                \(typeField)\r

                """
            return try await onThread { try KeepAliveClient(port: port).exchange(Array(head.utf8) + body) }
        }
    }
}

private let notObjects: [Attempt] = [
    Attempt("an empty body") { _ in "" },
    Attempt("white space") { _ in " \r\n" },
    Attempt("text") { _ in "user_id=u1" },
    Attempt("an array") { "[\(Update.body(user: "u1", id: $0.actionID("u1")))]" },
    Attempt("an empty array") { _ in "[]" },
    Attempt("null") { _ in "null" },
    Attempt("a number") { _ in "12" },
    Attempt("a string") { _ in #""u1""# },
    Attempt("an object without its end") { String(Update.body(user: "u1", id: $0.actionID("u1")).dropLast()) },
    Attempt("trailing text") { Update.body(user: "u1", id: $0.actionID("u1")) + "x" },
    Attempt("two objects") {
        Update.body(user: "u1", id: $0.actionID("u1")) + Update.body(user: "u1", id: $0.actionID("u1"))
    },
    Attempt("a trailing comma") { Update.body(user: "u1", id: $0.actionID("u1")).dropLast() + ",}" },
    Attempt("single quotes") { Update.body(user: "u1", id: $0.actionID("u1")).replacing("\"", with: "'") },
    Attempt("a comment") { "/**/" + Update.body(user: "u1", id: $0.actionID("u1")) },
    Attempt("endless depth") { _ in #"{"x":"# + String(repeating: "[", count: 2000) },
    Attempt("a key twice") { #"{"user_id":"u2",\#(Update.body(user: "u1", id: $0.actionID("u1")).dropFirst())"# },
    Attempt("a key twice, once escaped") {
        #"{"us\u0065r_id":"u2",\#(Update.body(user: "u1", id: $0.actionID("u1")).dropFirst())"#
    },
]

private let fields: [Attempt] =
    [
        Attempt("no user_id", field: "user_id") { #"{"action_id":"\#($0.actionID("u1"))"}"# },
        Attempt("no action_id", field: "action_id") { _ in #"{"user_id":"u1"}"# },
        Attempt("a name in another case", field: "user_id") {
            #"{"User_Id":"u1","action_id":"\#($0.actionID("u1"))"}"#
        },
        Attempt("no new_score where the action submits one", field: "new_score") {
            Update.body(user: "u1", id: $0.actionID("u1", "race"))
        },
        Attempt("no new_score where the action id pins one", field: "new_score") {
            Update.body(user: "u1", id: $0.actionID("u1", "kill", score: 12))
        },
    ]
    + [
        "7", "null", "true", "[]", "{}", #""""#, #""\u0000""#, #""u1\u0000""#, #""a\nb""#, #""\ud800""#, #""\udc00x""#,
        "\"\(String(repeating: "x", count: 129))\"", "\"\(String(repeating: "é", count: 65))\"", #""\u202eu1""#,
        #"" ""#,
        #""\u2800""#,
    ].map { value in
        Attempt("user_id \(value.prefix(12))", field: "user_id") {
            #"{"user_id":\#(value),"action_id":"\#($0.actionID("u1"))"}"#
        }
    }
    + ["7", "null", "false", "[]", "{}", #""""#, "\"\(String(repeating: "x", count: 3000))\""].map { value in
        Attempt("action_id \(value.prefix(12))", field: "action_id") { _ in #"{"user_id":"u1","action_id":\#(value)}"# }
    }
    + [
        "1.5", "1e400", "9007199254740993", "-9007199254740993", "9223372036854775808", "1e30", #""12""#, "true", "[]",
        "{}",
    ].map { value in
        Attempt("new_score \(value)", field: "new_score") {
            #"{"user_id":"u1","action_id":"\#($0.actionID("u1", "race"))","new_score":\#(value)}"#
        }
    }
