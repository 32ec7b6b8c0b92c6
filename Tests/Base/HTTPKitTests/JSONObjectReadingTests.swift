import Basics
import HTTPKit
import NIOCore
import StrictJSON
import Testing

/// A body that is one JSON object: what is read, and which field an error names.
@Suite struct JSONObjectReadingTests {
    struct Body: Equatable {
        var name: String?
        var count: Int64?
    }

    /// Knows `name` and `count`; leaves everything else unread.
    private func read(_ text: String, limits: JSONLimits = JSONLimits()) throws(APIError) -> Body {
        var body = Body()
        try ByteBuffer(string: text).readJSONObject(limits: limits) { key, reader throws(JSONError) in
            switch key {
            case "name": body.name = try reader.readString(maxBytes: 4)
            case "count": body.count = try reader.readInteger(in: 0...9)
            default: break
            }
        }
        return body
    }

    @Test func readsKnownMembers() throws {
        #expect(try read(#" {"count":3,"other":[{"name":5}],"\u006eame":"ab"} "#) == Body(name: "ab", count: 3))
        #expect(try read("{}") == Body())
    }

    /// The buffer's reader index is where the body begins.
    @Test func readsFromTheReaderIndex() throws {
        var buffer = ByteBuffer(string: #"xx{"count":1}"#)
        buffer.moveReaderIndex(forwardBy: 2)
        var count: Int64?
        try buffer.readJSONObject { _, reader throws(JSONError) in count = try reader.readInteger() }
        #expect(count == 1)
    }

    @Test(arguments: [
        (#"{"name":5}"#, "name", "A value is of another type than wanted (at byte 8)."),
        (#"{"name":"abcde"}"#, "name", "A string is too long (at byte 8)."),
        (#"{"na\u006de":5}"#, "name", "A value is of another type than wanted (at byte 13)."),
        (#"{"count":10}"#, "count", "A number is out of range (at byte 9)."),
        (#"{"count":1.0}"#, "count", "A number has a fraction or an exponent where an integer is wanted (at byte 9)."),
        (#"{"count":"#, "count", "The input ends in the middle of a value (at byte 9)."),
    ])
    func namesTheMemberThatIsRead(_ text: String, _ field: String, _ reason: String) {
        expect(text, field, reason)
    }

    /// Names that the client made up do not get into an answer.
    @Test(arguments: [
        ("", "The input is empty (at byte 0)."),
        ("[]", "A value is of another type than wanted (at byte 0)."),
        ("{} x", "There is something after the end of the value (at byte 3)."),
        (#"{"other":tru}"#, "There is a character that JSON does not allow here (at byte 12)."),
        (#"{"name":"a" "count":1}"#, "There is a character that JSON does not allow here (at byte 12)."),
        (#"{"name":"a","name":"b"}"#, "An object names the same key twice (at byte 12)."),
        (#"{"other":1,"other":2}"#, "An object names the same key twice (at byte 11)."),
    ])
    func namesTheBodyOtherwise(_ text: String, _ reason: String) {
        expect(text, "body", reason)
    }

    @Test func keepsLimits() {
        expect(
            #"{"other":[[1]]}"#, "body", "Arrays and objects are nested too deeply (at byte 10).",
            JSONLimits(maxDepth: 2))
        expect(#"{"a":1,"b":2}"#, "body", "An object has too many members (at byte 7).", JSONLimits(maxMembers: 1))
        expect("{       }", "body", "The input is too large (at byte 0).", JSONLimits(maxDocumentBytes: 8))
    }

    private func expect(
        _ text: String, _ field: String, _ reason: String, _ limits: JSONLimits = JSONLimits(),
        _ location: SourceLocation = #_sourceLocation
    ) {
        do {
            let body = try read(text, limits: limits)
            Issue.record("read \(body)", sourceLocation: location)
        } catch {
            #expect(error.code == .invalidInput, sourceLocation: location)
            #expect(error.details == [FieldProblem(field: field, reason: reason)], sourceLocation: location)
        }
    }
}
