/** Code for files whose blocks begin and end with words, or at the margin; and enums without their constants. */
import { documentOf } from "../support.ts";
import { type Application, applications, refused } from "./applied.ts";

const PASCAL = `unit Shop;

interface

function Total(A, B: Integer): Integer;

implementation

{ Adds up. }
function Total(A, B: Integer): Integer;
begin
  Result := A + B;
end;

procedure TCart.Log(const S: string);
var
  I: Integer;
begin
  for I := 0 to 3 do
  begin
    WriteLn('begin', S);
  end;
end;

end.
`;
const LATEX = `\\documentclass{article}
\\begin{document}

\\section{Intro}

Hello.

\\begin{table}
  \\begin{tabular}{l}
    a \\\\
  \\end{tabular}
  \\label{tab:a}
\\end{table}

\\begin{table}
  b
  \\label{tab:b}
\\end{table}

\\subsection{Data}

Here.

\\end{document}
`;
const SQL =
  "CREATE TABLE a (\n  id int\n);\n\nCREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$ LANGUAGE plpgsql;\n\nCREATE PROCEDURE p()\nBEGIN\n  IF a THEN\n    SELECT 1;\n  END IF;\n  SELECT 2;\nEND;\n\nCREATE VIEW v AS\nSELECT 1;\n";
const ENUM =
  "public enum Level {\n    LOW(1),\n    HIGH(2);\n\n    private final int rank;\n\n    Level(int rank) {\n        this.rank = rank;\n    }\n\n    public int rank() {\n        return rank;\n    }\n}\n";
const RANK = "    public int rank() {\n        return rank * 2;\n    }\n}";

describe("features: code in place of blocks between words", () => {
  const cases: Application[] = [
    [
      "a function",
      "pascal",
      PASCAL,
      "function Total(A, B: Integer): Integer;\nbegin\n  Result := B;\nend;",
      PASCAL.replace("A + B", "B"),
    ],
    [
      "a method with blocks in it, and a new one",
      "pascal",
      PASCAL,
      "procedure TCart.Log(const S: string);\nbegin\n  WriteLn(S);\nend;\n\nprocedure TCart.Clear;\nbegin\nend;",
      PASCAL.replace(
        /procedure TCart[\s\S]*?\nend;/,
        "procedure TCart.Log(const S: string);\nbegin\n  WriteLn(S);\nend;\n\nprocedure TCart.Clear;\nbegin\nend;",
      ),
    ],
    ["a section", "latex", LATEX, "\\subsection{Data}\n\nThere.", LATEX.replace("Here", "There")],
    [
      "one of two environments",
      "latex",
      LATEX,
      "\\begin{table}\n  c\n  \\label{tab:b}\n\\end{table}",
      LATEX.replace("  b\n", "  c\n"),
    ],
    [
      "a quoted routine",
      "sql",
      SQL,
      "CREATE OR REPLACE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 2;\nEND;\n$$ LANGUAGE plpgsql;",
      SQL.replace("CREATE F", "CREATE OR REPLACE F").replace("RETURN 1", "RETURN 2"),
    ],
    [
      "a routine with an if",
      "sql",
      SQL,
      "CREATE PROCEDURE p()\nBEGIN\n  SELECT 3;\nEND;",
      SQL.replace(/ {2}IF a[\s\S]*?SELECT 2/, "  SELECT 3"),
    ],
    ["a view", "sql", SQL, "CREATE VIEW v AS\nSELECT 9;", SQL.replace("AS\nSELECT 1", "AS\nSELECT 9")],
    [
      "a title with a line below",
      "restructuredtext",
      "A\n=\n\nOne.\n\nB\n-\n\nTwo.\n",
      "B\n-\n\nThree.",
      "A\n=\n\nOne.\n\nB\n-\n\nThree.\n",
    ],
    ["a section", "asciidoc", "= A\n\nOne.\n\n== B\n\nTwo.\n", "== B\n\nThree.", "= A\n\nOne.\n\n== B\n\nThree.\n"],
    [
      "a definition at the margin",
      "clojure",
      "(defn a [x]\n  x)\n\n(defn b [x]\n  x)\n",
      "(defn b [x]\n  (inc x))",
      "(defn a [x]\n  x)\n\n(defn b [x]\n  (inc x))\n",
    ],
    [
      "clauses of a name",
      "erlang",
      "a(1) ->\n    1;\na(X) ->\n    X.\n\nb() ->\n    2.\n",
      "a(X) ->\n    X + 1.",
      "a(X) ->\n    X + 1.\n\nb() ->\n    2.\n",
    ],
    [
      "a binding",
      "ocaml",
      "let a x =\n  x\n\nlet b x =\n  x\n",
      "let b x =\n  x + 1",
      "let a x =\n  x\n\nlet b x =\n  x + 1\n",
    ],
    [
      "an enum without its constants",
      "java",
      ENUM,
      `public enum Level {\n    // ... constants\n\n${RANK}`,
      ENUM.replace("return rank", "return rank * 2"),
    ],
    [
      "an enum that does not mention its constants",
      "java",
      ENUM,
      `public enum Level {\n${RANK}`,
      ENUM.replace("return rank", "return rank * 2"),
    ],
  ];
  applications(cases);

  it("refuses constants of an enum whose methods are left out", async () =>
    refused(
      documentOf(ENUM, "java"),
      "public enum Level {\n    LOW(1),\n    TOP(3);\n    // ... rest unchanged\n}",
      /belongs/,
    ));
});
