import Basics
import Players
import StrictJSON
import Testing

/// The members of a profile as JSON.
struct ProfileDraftTests {
    /// Reads an object. Nil if it is not JSON as the draft wants it.
    private func read(_ json: String) throws -> (change: ProfileChange, problems: [String], unread: [String]) {
        var draft = ProfileDraft()
        var unread: [String] = []
        try Array(json.utf8).withUnsafeBytes { bytes in
            try JSONReader.object(bytes, limits: ProfileDraft.limits) { key, reader throws(JSONError) in
                if try !draft.read(key.string, from: &reader) { unread.append(key.string) }
            }
        }
        let (change, problems) = draft.change()
        return (change, problems.map(\.field), unread)
    }

    @Test("Members that are given change, null removes, others stay")
    func members() throws {
        let json =
            #"{"name":" Ada ","avatar_url":null,"country":"DE","time_zone":"Europe/Berlin","preferences":{"a":[1]}}"#
        let (change, problems, unread) = try read(json)
        #expect(problems.isEmpty && unread.isEmpty)
        #expect(change.name == "Ada" && change.avatarURL == .some(nil) && change.country == "DE")
        #expect(change.timeZone == "Europe/Berlin" && change.preferences == #"{"a":[1]}"# && change.job == nil)
        #expect(try read("{}").change.isEmpty)
    }

    @Test(
        "Each member has its form",
        arguments: [
            (#"{"name":""}"#, "name"), (#"{"name":"\u202e"}"#, "name"), (#"{"name":"a\u0000"}"#, "name"),
            (#"{"avatar_url":"http://e.com/"}"#, "avatar_url"), (#"{"country":"de"}"#, "country"),
            (#"{"country":"DEU"}"#, "country"), (#"{"country":"Ä"}"#, "country"), (#"{"job":"\u0007"}"#, "job"),
            (#"{"time_zone":"Mars/Olympus"}"#, "time_zone"), (#"{"time_zone":"../etc/passwd"}"#, "time_zone"),
            (#"{"preferences":{"a":"\u0000"}}"#, "preferences"),
            (#"{"preferences":{"a":[{"\u0000":1}]}}"#, "preferences"),
        ])
    func forms(_ json: String, _ field: String) throws { #expect(try read(json).problems == [field]) }

    @Test("Preferences are an object of at most 4 KiB")
    func preferences() throws {
        func padded(_ count: Int) -> String { #"{"a":"\#(String(repeating: "x", count: count - 8))"}"# }
        #expect(try read(#"{"preferences":\#(padded(4096))}"#).problems.isEmpty)
        #expect(try read(#"{"preferences":\#(padded(4097))}"#).problems == ["preferences"])
        #expect(throws: JSONError.self) { try read(#"{"preferences":[]}"#) }
        #expect(throws: JSONError.self) { try read(#"{"preferences":{"a":1,"a":2}}"#) }
    }

    @Test("Members of accounts are not members of profiles")
    func others() throws {
        let json = #"{"id":"x","username":"x","role":"admin","coins":5,"created_at":"x"}"#
        #expect(try read(json).unread == ["id", "username", "role", "coins", "created_at"])
    }
}
