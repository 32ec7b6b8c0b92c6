import Gateway
import Testing

/// The state that a client says it has, as text.
@Suite struct ResumePointTests {
    @Test("The text is an epoch, a colon and a version, and nothing else")
    func form() {
        #expect(ResumePoint("e1:7") == ResumePoint(epoch: "e1", version: 7))
        #expect(ResumePoint("0:0") == ResumePoint(epoch: "0", version: 0))
        #expect(ResumePoint("a:9223372036854775807")?.version == .max)
        for text in [
            "", ":", "e1", "e1:", ":1", "e1:1:", "e1:-1", "e1:+1", "e1: 1", "E1:1", "e_:1", "e1:1.0", "e1:x",
            "e1:9223372036854775808", "\(String(repeating: "a", count: 33)):1", "é:1", "e1:\u{661}",
        ] {
            #expect(ResumePoint(text) == nil, "\(text)")
        }
    }
}
