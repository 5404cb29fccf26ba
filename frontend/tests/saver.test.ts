import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Saver } from "../src/model/saver";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("saving by itself", () => {
  it("saves once after a burst of edits", async () => {
    const save = vi.fn(async () => undefined);
    const saver = new Saver(save);
    saver.touch();
    saver.touch();
    expect(saver.state.value).toBe("unsaved");
    await vi.runAllTimersAsync();
    expect(save).toHaveBeenCalledTimes(1);
    expect(saver.state.value).toBe("saved");
  });

  it("saves again what was edited while it saved", async () => {
    let finish = () => undefined as void;
    const save = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const saver = new Saver(save);
    saver.touch();
    const first = saver.flush();
    expect(saver.state.value).toBe("saving");
    saver.touch();
    finish();
    await vi.runAllTimersAsync();
    finish();
    await first;
    expect(save).toHaveBeenCalledTimes(2);
    expect(saver.state.value).toBe("saved");
  });

  it("lets whoever asks for a save wait for the one that runs, and for what was edited since", async () => {
    const finish: (() => void)[] = [];
    const saver = new Saver(() => new Promise<void>((resolve) => void finish.push(resolve)));
    saver.touch();
    void saver.flush();
    saver.touch();
    let isOver = false;
    const second = saver.flush().then(() => (isOver = true));
    finish[0]!();
    await vi.advanceTimersByTimeAsync(0);
    expect([finish.length, isOver]).toEqual([2, false]);
    finish[1]!();
    await second;
    expect(saver.state.value).toBe("saved");
  });

  it("says when it failed, and saves when asked again", async () => {
    const save = vi.fn(async () => undefined).mockRejectedValueOnce(new Error("no connection"));
    const saver = new Saver(save);
    saver.touch();
    await vi.runAllTimersAsync();
    expect(saver.state.value).toBe("failed");
    await saver.flush();
    expect(saver.state.value).toBe("saved");
  });

  it("saves nothing when nothing was edited", async () => {
    const save = vi.fn(async () => undefined);
    await new Saver(save).flush();
    expect(save).not.toHaveBeenCalled();
  });
});
