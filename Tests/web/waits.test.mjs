import assert from "node:assert/strict";
import { test } from "node:test";

import { WAITS, backoffMs, waitMs } from "../../web/scorecast/waits.js";

test("backoff doubles from 250 ms to 15 s, and the dice draw from nothing to that", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 30, 5000].map((failures) => backoffMs(failures, 1));
    assert.deepEqual(bounds, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
    for (let failures = 1; failures < 40; failures += 1) {
        assert.equal(backoffMs(failures, 0), WAITS.BACKOFF_LEAST_MS);
        assert.equal(backoffMs(failures, 0.5), Math.min(7500, 125 * 2 ** (failures - 1)));
    }
});

test("a busy server gets three doublings more", () => {
    assert.equal(waitMs({ failures: 1, closeCode: 1013 }, 1), 2000);
    assert.equal(waitMs({ failures: 1, closeCode: 1006 }, 1), 250);
    assert.equal(waitMs({ failures: 60, closeCode: 1013 }, 1), 15_000);
});

test("the server's own time is kept to, within five minutes", () => {
    assert.equal(waitMs({ failures: 1, askedMs: 3609 }, 1), 3609);
    assert.equal(waitMs({ failures: 1, askedMs: 3_600_000 }, 0.5), 300_000);
    assert.equal(waitMs({ failures: 1, askedMs: -5 }, 1), WAITS.BACKOFF_LEAST_MS);
    // A server that sends all clients away at once, again and again, is not asked in a tight loop.
    assert.equal(waitMs({ failures: 4, askedMs: 0 }, 1), 1000);
});
