import Basics
import NIOCore
import Signing
import StrictJSON

extension Account {
    /// Writes the account as its own user sees it.
    func write(to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", id)
        json.member("username", username.text)
        json.key("name")
        if let name { json.string(name) } else { json.null() }
        json.key("email")
        if let email { json.string(email) } else { json.null() }
        json.member("email_verified", isEmailVerified)
        json.member("role", role.rawValue)
        json.member("created_at", Timestamp.text(milliseconds: createdAt))
        json.endObject()
    }
}
