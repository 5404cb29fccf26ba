// "Publish chart": the choices, the preview of exactly what leaves, and in the end the link and the code to embed.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { describe, type ToPublish, type Workspace } from "../model/workspace";
import { useObservable } from "../shared/observable";
import { Icon, IconButton } from "../app/icons";
import { AudienceChoices, Filters, Levels, Protection, Words } from "./choices";
import { PreviewPane } from "./preview";
import { Publication } from "./publication";
import { AUDIENCE, fittedPlan, planFor, type Audience, type Plan } from "./wish";

const OVERVIEW = "/published/";

export function PublishDialog({ workspace }: { workspace: Workspace }) {
  const about = useObservable(workspace.publishing);
  if (!about) return null;
  const close = () => ("object" in about ? void (workspace.publishing.value = null) : location.assign(OVERVIEW));
  return <Dialog key={JSON.stringify(about)} workspace={workspace} about={about} onClose={close} />;
}

/** The plan to begin with: the chart as it stands, or that of the chart as it is published. */
async function firstPlan(workspace: Workspace, publication: Publication, about: ToPublish): Promise<Plan> {
  if ("object" in about) {
    const plan = planFor(await workspace.properties(about.object), workspace.memory.selected);
    // Charts write into their properties when they are drawn, such as a histogram its bins, and nobody saves that yet.
    workspace.saver.touch();
    await workspace.saver.flush();
    publication.prepare(plan, 0);
    return plan;
  }
  const { object, plan } = await publication.reopen(about.published);
  return fittedPlan(plan, planFor(await workspace.properties(object), []));
}

function Dialog({ workspace, about, onClose }: { workspace: Workspace; about: ToPublish; onClose: () => void }) {
  const isNew = "object" in about;
  const place = useRef<HTMLDialogElement>(null);
  const publication = useMemo(() => new Publication(workspace.appId, about), []);
  const stage = useObservable(publication.stage);
  const fields = useObservable(workspace.fields) ?? [];
  const [plan, setPlan] = useState<Plan | null>(null);
  const [audience, setAudience] = useState<Audience>(AUDIENCE);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    place.current?.showModal();
    firstPlan(workspace, publication, about).then(setPlan, (error: unknown) => setProblem(describe(error)));
    return () => void publication.leave();
  }, [publication]);
  const change = (part: Partial<Plan>) => {
    if (!plan) return;
    const next = { ...plan, ...part };
    setPlan(next);
    if (next.filters.every(({ values }) => values.length > 0)) publication.prepare(next);
  };
  const publish = async () => {
    setProblem("");
    try {
      await publication.publish(audience);
    } catch (error) {
      setProblem(describe(error));
    }
  };
  return (
    <dialog class={stage.kind === "published" ? "publish is-done" : "publish"} ref={place} aria-labelledby="publish-heading" data-testid="publish-dialog" onClose={() => void publication.leave().then(onClose)}>
      <div class="publish-head">
        <h2 id="publish-heading">{isNew ? "Publish chart" : "Change the published chart"}</h2>
        <IconButton icon="close" label="Close" onClick={() => place.current?.close()} />
      </div>
      {stage.kind === "published" ? (
        <Published isNew={isNew} address={stage.address} embedCode={stage.embedCode} onClose={() => place.current?.close()} />
      ) : (
        <>
          <div class="publish-body">
            <div class="publish-choices">
              {plan && (
                <>
                  <Words plan={plan} onChange={change} />
                  <Levels plan={plan} fields={fields} onChange={change} />
                  <Filters workspace={workspace} plan={plan} fields={fields} onChange={change} />
                  <Protection plan={plan} fields={fields} onChange={change} />
                  {isNew && <AudienceChoices audience={audience} onChange={(part) => setAudience({ ...audience, ...part })} />}
                </>
              )}
            </div>
            <div class="publish-look">
              <PreviewPane stage={stage} />
            </div>
          </div>
          <div class="publish-foot">
            <span class="panel-lack" role="alert">
              {problem}
            </span>
            <button type="button" class="button" onClick={() => place.current?.close()}>
              Cancel
            </button>
            <button type="button" class="button is-primary" data-testid="publish-now" disabled={stage.kind !== "ready"} onClick={() => void publish()}>
              <Icon name="globe" size={18} />
              <span>{isNew ? "Publish" : "Publish the change"}</span>
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}

function Published({ isNew, address, embedCode, onClose }: { isNew: boolean; address: string; embedCode: string; onClose: () => void }) {
  return (
    <div class="publish-done" data-testid="published">
      <p role="status">{isNew ? "The chart is published. It stands under “Published” in your Hub, where you can change, pause or delete it at any time." : "The change is published, under the same address."}</p>
      <Copied label="Link" text={address} />
      <Copied label="Code to embed" text={embedCode} />
      <div class="publish-foot">
        <a class="button" href={address} target="_blank" rel="noopener">
          Open it
        </a>
        <button type="button" class="button is-primary" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  );
}

function Copied({ label, text }: { label: string; text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <div class="publish-copied">
      <label class="field">
        <span class="field-name">{label}</span>
        <textarea class="input" rows={2} readOnly value={text} data-testid={label === "Link" ? "published-link" : "published-code"} />
      </label>
      <button type="button" class="button" onClick={copy}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
