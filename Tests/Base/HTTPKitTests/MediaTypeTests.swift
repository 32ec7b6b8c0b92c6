import HTTPKit
import Testing

@Suite struct MediaTypeTests {
    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;",
        "application/json ",
        "application/json \t; x",
    ])
    func isJSON(_ type: String) { #expect(MediaType.isJSON(type)) }

    @Test(arguments: [
        nil, "", ";", ";application/json", "text/plain", "application/jsonx", "application/jso", "application json",
        "application/json, text/plain", "application\u{f}json", "\u{1}pplication/json", "application/ json",
    ])
    func isNotJSON(_ type: String?) { #expect(!MediaType.isJSON(type)) }

    @Test func refusesOtherBodies() {
        func code(_ type: String?, _ hasContentCoding: Bool) -> String? {
            do {
                try MediaType.requireJSON(type, hasContentCoding: hasContentCoding)
                return nil
            } catch {
                return "\(error.code.rawValue) \(error.message)"
            }
        }
        #expect(code("application/json", false) == nil)
        #expect(code("text/plain", false) == "unsupported_media_type The body must be application/json.")
        #expect(code("text/plain", true) == "unsupported_media_type The body must be application/json.")
        #expect(code("application/json", true) == "unsupported_media_type The body must not be compressed.")
    }
}
