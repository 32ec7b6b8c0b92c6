import StrictJSON
import Testing

/// ``JSONValue``, the tree of a document.
@Suite struct ValueTests {
    @Test func getsWhatIsThere() throws {
        let value = try parse(#"{"s":"x","i":5,"d":1.5,"b":true,"n":null,"a":[1,2],"o":{"k":"v"}}"#).get()
        #expect(value["s"]?.string == "x")
        #expect(value["i"]?.integer == 5)
        #expect(value["i"]?.number == 5)
        #expect(value["d"]?.number == 1.5)
        #expect(value["d"]?.integer == nil)
        #expect(value["b"]?.bool == true)
        #expect(value["n"]?.isNull == true)
        #expect(value["a"]?.array == [.integer(1), .integer(2)])
        #expect(value["o"]?["k"]?.string == "v")
        #expect(value["absent"] == nil)
        #expect(value["s"]?["k"] == nil)
        #expect(value["s"]?.integer == nil)
        #expect(value.object?.members.map(\.key) == ["s", "i", "d", "b", "n", "a", "o"])
        #expect(value["a"]?.type == .array)
    }

    @Test func keepsIntegersExactAndOthersClose() throws {
        #expect(try parse("9007199254740992").get() == .integer(9_007_199_254_740_992))
        #expect(try parse("9007199254740993").get() == .double(9_007_199_254_740_992))
        #expect(try parse("1.0").get() == .double(1))
        #expect(try parse("1e2").get() == .double(100))
    }

    @Test func setsAndRemovesMembers() {
        var object = JSONObject()
        object["a"] = .integer(1)
        object["b"] = .null
        object["a"] = .integer(2)
        #expect(object.members == [.init(key: "a", value: .integer(2)), .init(key: "b", value: .null)])
        object["a"] = nil
        object["never"] = nil
        #expect(object.members.map(\.key) == ["b"])
    }
}
