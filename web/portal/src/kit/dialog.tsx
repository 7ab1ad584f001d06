import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

/** A window above the page that must be answered first. */
export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  /** Called when the reader leaves it: by Escape, by a click beside it, or by its own buttons. */
  readonly onClose: () => void;
  /** An alert interrupts what the reader does, such as a session that is about to end. */
  readonly isAlert?: boolean;
  /** The id of the element that says what it is about. Screen readers read it with the title. */
  readonly describedBy?: string;
  readonly children: ReactNode;
}

/** A window above the page. It keeps the focus while it is open, and gives it back. */
export const Dialog = ({ title, isOpen, onClose, isAlert = false, describedBy, children }: DialogProps) => (
  <ModalOverlay
    className="overlay"
    isOpen={isOpen}
    isDismissable={!isAlert}
    onOpenChange={(open) => {
      if (!open) onClose();
    }}
  >
    <Modal className="modal">
      <AriaDialog
        role={isAlert ? "alertdialog" : "dialog"}
        className="dialog"
        {...(describedBy && { "aria-describedby": describedBy })}
      >
        <Heading slot="title">{title}</Heading>
        {children}
      </AriaDialog>
    </Modal>
  </ModalOverlay>
);
