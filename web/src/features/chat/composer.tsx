/** Where a message is written; files are put in by button, by paste and by drop. */

import { ArrowUp, Paperclip, Square, X } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/ui/parts";
import type { Attachment } from "./model";

/** Bytes of all files of one message. */
const LARGEST = 12 * 1024 * 1024;

export function Composer({
  busy,
  ask,
  stop,
}: {
  busy: boolean;
  ask: (text: string, files: Attachment[]) => void;
  stop: () => void;
}) {
  const [text, setText] = useState("");
  const [files, setFiles] = useState<Attachment[]>([]);
  const [problem, setProblem] = useState("");
  const picker = useRef<HTMLInputElement>(null);
  const send = () => {
    if (busy || !(text.trim() || files.length)) return;
    ask(text.trim(), files);
    setText("");
    setFiles([]);
  };
  const add = async (list: Iterable<File>) => {
    const more = await Promise.all([...list].map(read));
    const all = [...files, ...more];
    const size = all.reduce((sum, file) => sum + file.data.length * 0.75, 0);
    setProblem(size > LARGEST ? "The files of one message are 12 MB at most." : "");
    if (size <= LARGEST) setFiles(all);
  };
  return (
    <form
      className="rounded-xl border border-line-strong bg-surface p-2 shadow-sm focus-within:border-accent"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void add(event.dataTransfer.files);
      }}
    >
      {files.length ? (
        <Files
          files={files}
          drop={(name) => setFiles(files.filter((file) => file.name !== name))}
        />
      ) : null}
      {problem ? (
        <p role="alert" className="px-2 py-1 text-xs text-bad">
          {problem}
        </p>
      ) : null}
      <textarea
        aria-label="Message"
        placeholder="Ask the chosen models"
        value={text}
        rows={Math.min(8, Math.max(2, text.split("\n").length))}
        onChange={(event) => setText(event.target.value)}
        onPaste={(event) => event.clipboardData.files.length && void add(event.clipboardData.files)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
        className="w-full resize-none bg-transparent px-2 py-1 outline-none placeholder:text-ink-3"
      />
      <div className="flex items-center gap-2">
        <input
          ref={picker}
          type="file"
          multiple
          className="hidden"
          aria-label="Files"
          onChange={(event) => event.target.files && void add(event.target.files)}
        />
        <Button
          small
          kind="quiet"
          onClick={() => picker.current?.click()}
          aria-label="Add images or files"
          title="Add images or files"
        >
          <Paperclip size={15} aria-hidden />
        </Button>
        <span className="text-xs text-ink-3 max-sm:hidden">
          Enter sends, Shift+Enter breaks the line
        </span>
        <span className="ml-auto" />
        {busy ? (
          <Button small onClick={stop}>
            <Square size={12} aria-hidden /> Stop
          </Button>
        ) : (
          <Button small kind="main" type="submit" disabled={!(text.trim() || files.length)}>
            <ArrowUp size={14} aria-hidden /> Send
          </Button>
        )}
      </div>
    </form>
  );
}

function Files({ files, drop }: { files: Attachment[]; drop: (name: string) => void }) {
  return (
    <ul className="flex flex-wrap gap-2 px-2 pt-1">
      {files.map((file) => (
        <li
          key={file.name}
          className="inline-flex items-center gap-1.5 rounded-md border border-line bg-sunken px-2 py-1 text-xs"
        >
          {file.type.startsWith("image/") ? (
            <img src={file.data} alt="" className="h-6 rounded" />
          ) : null}
          <span className="max-w-40 truncate">{file.name}</span>
          <button
            type="button"
            aria-label={`Take ${file.name} out`}
            onClick={() => drop(file.name)}
            className="text-ink-3 hover:text-ink"
          >
            <X size={12} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}

function read(file: File): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve({ name: file.name, type: file.type || "text/plain", data: String(reader.result) });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
