import Basics
import StrictJSON

extension UserNotification {
    /// The message to sockets: `{"type":"notification",…}`.
    package var message: String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            json.member("type", "notification")
            writeMembers(to: &json)
            json.endObject()
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes one of a list.
    package func write(to json: inout JSONWriter<some ByteSink>) {
        json.beginObject()
        writeMembers(to: &json)
        json.member("read", isRead)
        json.endObject()
    }

    private func writeMembers(to json: inout JSONWriter<some ByteSink>) {
        json.member("id", String(id))
        json.member("kind", kind)
        json.member("title", title)
        json.key("data")
        Array(data.utf8).withUnsafeBytes { json.encoded($0) }
        json.member("created_at", Timestamp.text(milliseconds: createdAt))
    }
}
