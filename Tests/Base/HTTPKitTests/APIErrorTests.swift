import Basics
import HTTPKit
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Testing

@Suite struct APIErrorTests {
    private func fields(_ fields: [(name: String, value: String)]) -> [String] {
        fields.map { "\($0.name): \($0.value)" }
    }

    @Test func hasABodyWithCodeAndSentence() {
        #expect(
            String(buffer: APIError(.forbidden).body())
                == #"{"status":"error","code":"forbidden","message":"The token does not allow this."}"#)
        #expect(
            String(buffer: APIError(.forbidden, message: "Not \"here\".").body())
                == #"{"status":"error","code":"forbidden","message":"Not \"here\"."}"#)
    }

    @Test func namesTheFieldsAtFault() {
        let error = APIError.invalidInput([
            FieldProblem(field: "limit", reason: "must be 1 to 100"), FieldProblem(field: "a\"", reason: "is required"),
        ])
        #expect(
            String(buffer: error.body())
                == #"{"status":"error","code":"invalid_input","#
                + #""message":"Invalid input data or missing required fields.","details":["#
                + #"{"field":"limit","reason":"must be 1 to 100"},{"field":"a\"","reason":"is required"}]}"#)
    }

    @Test func tellsOfARate() {
        let policy = RatePolicy(name: "user", limit: RateLimit(count: 10, periodMilliseconds: 60_500))
        let error = APIError.rateLimited(retryAfterMilliseconds: 1001, policy: policy)
        #expect(
            fields(error.fields)
                == ["Retry-After: 2", "RateLimit-Policy: \"user\";q=10;w=61", "RateLimit: \"user\";r=0;t=2"])
        #expect(fields(APIError.rateLimited(retryAfterMilliseconds: 0, policy: nil).fields) == ["Retry-After: 1"])
        // One outcome of many has no header fields, so its body says it.
        #expect(
            String(buffer: error.reply.itemBody)
                == #"{"status":"error","code":"rate_limited","message":"Too many updates. Try again later.","#
                + #""retry_after_ms":1001}"#)
        #expect(String(buffer: error.reply.body).hasSuffix(#"Try again later."}"#))
        #expect(APIError.forbidden.reply.itemBody == APIError.forbidden.body())
    }

    @Test func becomesAnAnswer() {
        let answer = APIError.unauthorized.reply.fastResponse(with: [(name: "Vary", value: "Origin")])
        #expect(answer.status == .unauthorized && !answer.closes)
        #expect(
            fields(answer.fields) == [
                "Content-Type: application/json", "X-Content-Type-Options: nosniff", "Cache-Control: no-store",
                "WWW-Authenticate: Bearer", "Vary: Origin",
            ])
        #expect(APIError.tooLarge.reply.fastResponse().closes)
        #expect(
            fields(APIError.unsupportedContentCoding.reply.fields) == ["Accept-Encoding: identity"])
    }

    /// The listener adds the fields of all answers later.
    @Test func becomesAnAnswerOfTheListener() {
        #expect(FastResponse.badRequest.status == .badRequest)
        #expect(fields(FastResponse.badRequest.fields) == ["Content-Type: application/json"])
        #expect(FastResponse.targetTooLong.body == APIError(.targetTooLong).body())
    }

    @Test func becomesAnAnswerOfHummingbird() {
        let response = APIError(.methodNotAllowed, fields: [("Allow", "GET, HEAD")]).reply.response
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.contentType] == "application/json" && response.headers[.allow] == "GET, HEAD")
        #expect(APIError.tooLarge.reply.response.headers[.connection] == "close")
    }
}
