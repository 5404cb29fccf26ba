// One short message at the bottom, with an action where there is one; it leaves by itself.
import { useEffect } from "preact/hooks";
import type { Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { IconButton } from "./icons";

const SHOWN_MS = 8000;

export function Toasts({ workspace }: { workspace: Workspace }) {
  const toast = useObservable(workspace.toast);
  const dismiss = () => void (workspace.toast.value = null);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => workspace.toast.value === toast && dismiss(), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div class="toasts" role={toast?.isError ? "alert" : "status"}>
      {toast && (
        <div class={toast.isError ? "toast is-error" : "toast"} data-testid="toast">
          <span>{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              class="link"
              onClick={() => {
                toast.action?.run();
                dismiss();
              }}
            >
              {toast.action.label}
            </button>
          )}
          <IconButton icon="close" label="Dismiss" onClick={dismiss} size={16} />
        </div>
      )}
    </div>
  );
}
