import Listener
import NIOCore
import Testing

/// The transitions of `DecoderSlot`.
@Suite struct DecoderSlotTests {
    @Test func replacesOneAtATime() {
        var slot = DecoderSlot("first")
        #expect(!slot.isReplacing)
        #expect(slot.requestReplacement() == true)
        slot.replace(with: "second")
        #expect(slot.current == "second" && slot.isReplacing)
        #expect(slot.endReplacement() == false, "the second one goes on")
        #expect(!slot.isReplacing)
    }

    @Test func remembersThatTheNextOneHasStoppedToo() {
        var slot = DecoderSlot("first")
        #expect(slot.requestReplacement() == true)
        slot.replace(with: "second")
        #expect(slot.requestReplacement() == false, "the first one is still there")
        #expect(slot.requestReplacement() == false)
        #expect(slot.endReplacement() == true, "the second one has stopped")
        #expect(slot.requestReplacement() == true)
        slot.replace(with: "third")
        #expect(slot.endReplacement() == false)
        #expect(slot.current == "third")
    }

    /// A replacement that failed has not begun.
    @Test func staysSettledIfAReplacementFails() {
        var slot = DecoderSlot("first")
        #expect(slot.requestReplacement() == true)
        #expect(slot.endReplacement() == false)
        #expect(slot.current == "first")
        #expect(slot.requestReplacement() == true)
    }
}
