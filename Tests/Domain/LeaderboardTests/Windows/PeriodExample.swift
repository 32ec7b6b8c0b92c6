import Testing

/// A time, and the period of the calendar in which it lies.
struct PeriodExample: CustomTestStringConvertible {
    let window, zone, at, name, starts, ends: String

    init(
        _ window: String, _ zone: String, at time: String, is name: String, from starts: String, to ends: String
    ) {
        (self.window, self.zone, at, self.name, self.starts, self.ends) = (window, zone, time, name, starts, ends)
    }

    var testDescription: String { "\(window) in \(zone) at \(at) is \(name)" }

    static let all: [PeriodExample] = [
        // The calendar in UTC, with leap days and week 53.
        .init(
            "hourly", "UTC", at: "2026-11-20T14:59:59Z", is: "2026-11-20T14", from: "2026-11-20T14:00:00Z",
            to: "2026-11-20T15:00:00Z"),
        .init(
            "daily", "UTC", at: "2024-02-29T00:00:00Z", is: "2024-02-29", from: "2024-02-29T00:00:00Z",
            to: "2024-03-01T00:00:00Z"),
        .init(
            "weekly", "UTC", at: "2027-01-03T23:59:59Z", is: "2026-W53", from: "2026-12-28T00:00:00Z",
            to: "2027-01-04T00:00:00Z"),
        .init(
            "weekly", "UTC", at: "2024-12-30T00:00:00Z", is: "2025-W01", from: "2024-12-30T00:00:00Z",
            to: "2025-01-06T00:00:00Z"),
        .init(
            "weekly", "UTC", at: "2026-11-20T12:00:00Z", is: "2026-W47", from: "2026-11-16T00:00:00Z",
            to: "2026-11-23T00:00:00Z"),
        .init(
            "monthly", "UTC", at: "2024-02-29T23:59:59Z", is: "2024-02", from: "2024-02-01T00:00:00Z",
            to: "2024-03-01T00:00:00Z"),
        .init(
            "yearly", "UTC", at: "2026-01-01T00:00:00Z", is: "2026", from: "2026-01-01T00:00:00Z",
            to: "2027-01-01T00:00:00Z"),
        // Steps count from the begin of their range, and 7 is Sunday.
        .init(
            "0 9-17/4 * * 6-7", "UTC", at: "2026-11-22T23:00:00Z", is: "2026-11-22T17:00", from: "2026-11-22T17:00:00Z",
            to: "2026-11-28T09:00:00Z"),
        .init(
            "30 8 * * fri-sun", "UTC", at: "2026-11-23T00:00:00Z", is: "2026-11-22T08:30", from: "2026-11-22T08:30:00Z",
            to: "2026-11-27T08:30:00Z"),
        // Berlin: forward at 2026-03-29 02:00, back at 2026-10-25 03:00.
        .init(
            "daily", "Europe/Berlin", at: "2026-03-29T12:00:00Z", is: "2026-03-29", from: "2026-03-28T23:00:00Z",
            to: "2026-03-29T22:00:00Z"),
        .init(
            "hourly", "Europe/Berlin", at: "2026-03-29T01:30:00Z", is: "2026-03-29T03", from: "2026-03-29T01:00:00Z",
            to: "2026-03-29T02:00:00Z"),
        .init(
            "hourly", "Europe/Berlin", at: "2026-10-25T00:30:00Z", is: "2026-10-25T02", from: "2026-10-25T00:00:00Z",
            to: "2026-10-25T01:00:00Z"),
        .init(
            "hourly", "Europe/Berlin", at: "2026-10-25T01:30:00Z", is: "2026-10-25T02b", from: "2026-10-25T01:00:00Z",
            to: "2026-10-25T02:00:00Z"),
        .init(
            "30 2 * * *", "Europe/Berlin", at: "2026-03-29T01:00:00Z", is: "2026-03-29T03:00",
            from: "2026-03-29T01:00:00Z", to: "2026-03-30T00:30:00Z"),
        .init(
            "30 2 * * *", "Europe/Berlin", at: "2026-10-25T01:45:00Z", is: "2026-10-25T02:30",
            from: "2026-10-25T00:30:00Z", to: "2026-10-26T01:30:00Z"),
        .init(
            "30 * * * *", "Europe/Berlin", at: "2026-10-25T01:45:00Z", is: "2026-10-25T02:30b",
            from: "2026-10-25T01:30:00Z", to: "2026-10-25T02:30:00Z"),
        .init(
            "15,45 2 * * *", "Europe/Berlin", at: "2026-03-29T05:00:00Z", is: "2026-03-29T03:00",
            from: "2026-03-29T01:00:00Z", to: "2026-03-30T00:15:00Z"),
        .init(
            "0 22 * * *", "Europe/Berlin", at: "2026-11-20T22:00:00Z", is: "2026-11-20T22:00",
            from: "2026-11-20T21:00:00Z", to: "2026-11-21T21:00:00Z"),
        // New York: forward at 2026-03-08 02:00, back at 2026-11-01 02:00.
        .init(
            "daily", "America/New_York", at: "2026-11-01T12:00:00Z", is: "2026-11-01", from: "2026-11-01T04:00:00Z",
            to: "2026-11-02T05:00:00Z"),
        .init(
            "hourly", "America/New_York", at: "2026-11-01T06:10:00Z", is: "2026-11-01T01b",
            from: "2026-11-01T06:00:00Z", to: "2026-11-01T07:00:00Z"),
        // Lord Howe moves by half an hour: forward at 2026-10-04 02:00, back at 2026-04-05 02:00.
        .init(
            "hourly", "Australia/Lord_Howe", at: "2026-04-04T15:15:00Z", is: "2026-04-05T01",
            from: "2026-04-04T14:00:00Z", to: "2026-04-04T15:30:00Z"),
        .init(
            "*/30 * * * *", "Australia/Lord_Howe", at: "2026-04-04T15:10:00Z", is: "2026-04-05T01:30b",
            from: "2026-04-04T15:00:00Z", to: "2026-04-04T15:30:00Z"),
        .init(
            "hourly", "Australia/Lord_Howe", at: "2026-10-03T15:40:00Z", is: "2026-10-04T02",
            from: "2026-10-03T15:30:00Z", to: "2026-10-03T16:00:00Z"),
        // Havana's gap is at midnight, and midnight comes twice.
        .init(
            "daily", "America/Havana", at: "2026-03-08T05:00:00Z", is: "2026-03-08", from: "2026-03-08T05:00:00Z",
            to: "2026-03-09T04:00:00Z"),
        .init(
            "daily", "America/Havana", at: "2026-11-01T05:30:00Z", is: "2026-11-01", from: "2026-11-01T04:00:00Z",
            to: "2026-11-02T05:00:00Z"),
        // Goose Bay went back from 00:01 to 23:01 of the day before; Samoa skipped a day.
        .init(
            "daily", "America/Goose_Bay", at: "2010-11-07T03:30:00Z", is: "2010-11-07", from: "2010-11-07T03:00:00Z",
            to: "2010-11-08T04:00:00Z"),
        .init(
            "daily", "Pacific/Apia", at: "2011-12-30T12:00:00Z", is: "2011-12-31", from: "2011-12-30T10:00:00Z",
            to: "2011-12-31T10:00:00Z"),
        // Rare firings.
        .init(
            "0 0 29 2 *", "UTC", at: "2027-06-01T00:00:00Z", is: "2024-02-29T00:00", from: "2024-02-29T00:00:00Z",
            to: "2028-02-29T00:00:00Z"),
        .init(
            "0 0 29 feb */7", "UTC", at: "2027-06-01T00:00:00Z", is: "2004-02-29T00:00", from: "2004-02-29T00:00:00Z",
            to: "2032-02-29T00:00:00Z"),
        .init(
            "0 12 13 * fri", "UTC", at: "2026-11-14T00:00:00Z", is: "2026-11-13T12:00", from: "2026-11-13T12:00:00Z",
            to: "2026-11-20T12:00:00Z"),
    ]
}
