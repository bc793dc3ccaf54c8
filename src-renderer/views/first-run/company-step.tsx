import { FormRow } from "../../ui/form-row.tsx";
import { say } from "../../words/say.ts";
import { isCompanyName } from "./steps.ts";

type CompanyStepProps = Readonly<{
  company: string;
  /** A CRM is connected for it already. */
  isFixed: boolean;
  onChange: (company: string) => void;
  onEnter: (() => void) | undefined;
}>;

/** The company's short name: typed once. */
export const CompanyStep = ({ company, isFixed, onChange, onEnter }: CompanyStepProps) => (
  <div className="first-form">
    <FormRow
      label={say("signIn.company")}
      text={say("signIn.companyText")}
      error={company === "" || isCompanyName(company) ? undefined : say("first.badCompany")}
    >
      {({ id, describedBy }) => (
        <input
          id={id}
          aria-describedby={describedBy}
          value={company}
          maxLength={63}
          spellCheck={false}
          autoComplete="off"
          disabled={isFixed}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") onEnter?.();
          }}
        />
      )}
    </FormRow>
  </div>
);
