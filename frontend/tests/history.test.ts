import { describe, expect, it } from "vitest";
import { EditHistory, type Edit } from "../src/model/history";

function counter() {
  const state = { value: 0 };
  const add = (amount: number): Edit => ({
    label: `add ${amount}`,
    forth: async () => void (state.value += amount),
    back: async () => void (state.value -= amount),
  });
  return { state, add };
}

describe("the history of edits", () => {
  it("undoes and redoes in order, and says what comes next", async () => {
    const { state, add } = counter();
    const history = new EditHistory();
    await history.run(add(1));
    await history.run(add(10));
    expect(history.steps.value).toEqual({ undo: "add 10", redo: null });
    await history.undo();
    expect(state.value).toBe(1);
    expect(history.steps.value).toEqual({ undo: "add 1", redo: "add 10" });
    await history.redo();
    expect(state.value).toBe(11);
  });

  it("forgets what was undone once something else is done", async () => {
    const { state, add } = counter();
    const history = new EditHistory();
    await history.run(add(1));
    await history.undo();
    await history.run(add(5));
    await history.redo();
    expect(state.value).toBe(5);
    expect(history.steps.value).toEqual({ undo: "add 5", redo: null });
  });

  it("does one edit after the other, also when they are asked for at once", async () => {
    const order: string[] = [];
    const slow = (name: string): Edit => ({
      label: name,
      forth: async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      },
      back: async () => undefined,
    });
    const history = new EditHistory();
    await Promise.all([history.run(slow("a")), history.run(slow("b"))]);
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("keeps no trace of an edit that failed, and goes on", async () => {
    const { state, add } = counter();
    const history = new EditHistory();
    const failing = { ...add(100), forth: () => Promise.reject(new Error("refused")) };
    await expect(history.run(failing)).rejects.toThrow("refused");
    expect(history.steps.value).toEqual({ undo: null, redo: null });
    await history.run(add(2));
    expect(state.value).toBe(2);
  });

  it("keeps a step that could not be undone", async () => {
    const { add } = counter();
    const history = new EditHistory();
    await history.run({ ...add(1), back: () => Promise.reject(new Error("offline")) });
    await expect(history.undo()).rejects.toThrow("offline");
    expect(history.steps.value).toEqual({ undo: "add 1", redo: null });
  });

  it("does nothing when there is nothing to undo", async () => {
    const history = new EditHistory();
    await history.undo();
    await history.redo();
    expect(history.steps.value).toEqual({ undo: null, redo: null });
  });
});
