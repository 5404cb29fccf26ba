// The entry. It has a fixed name, which the server's static storage renames; so it holds nothing that a
// chunk could want to import back: everything lives behind this one import.
import "./shared/workspace.css";

void import("./app/boot").then(({ boot }) => boot());
