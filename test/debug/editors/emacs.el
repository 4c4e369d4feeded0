;;; emacs.el --- A session in Emacs, with dap-mode -*- lexical-binding: t; -*-

;; What a user does, by the commands that the keys are bound to. Says what it sees, a line each; the test compares.

(package-initialize)
(require 'dap-mode)
(require 'dap-ui)

(defvar tcpflow-frames nil "Names of the frames at which it stopped, the last one first.")
(defvar tcpflow-over nil "Whether the session has ended.")

(defun tcpflow-say (text &rest arguments)
  (princ (concat (apply #'format text arguments) "\n")))

(defun tcpflow-wait (what done)
  "Wait until DONE gives non-nil; WHAT is told when it does not."
  (let ((end (+ (float-time) 20)))
    (while (and (not (funcall done)) (< (float-time) end))
      (accept-process-output nil 0.02))
    (unless (funcall done)
      (tcpflow-say "waited in vain for %s" what)
      (kill-emacs 1))))

(defun tcpflow-stop (move)
  "Call MOVE and wait for the stop that it leads to."
  (let ((before (length tcpflow-frames)))
    (funcall move)
    (tcpflow-wait "a stop" (lambda () (> (length tcpflow-frames) before)))
    (tcpflow-say "stopped: %s" (car tcpflow-frames))))

(dap-mode 1)
(dap-register-debug-provider
 "tcpflow"
 (lambda (configuration)
   (plist-put configuration :dap-server-path (list "node" (getenv "TCPFLOW_SERVER")))))

(add-hook 'dap-stack-frame-changed-hook
          (lambda (session)
            (let ((frame (dap--debug-session-active-frame session)))
              (when frame (push (gethash "name" frame) tcpflow-frames)))))
(add-hook 'dap-terminated-hook (lambda (_) (setq tcpflow-over t)))

(let ((script (getenv "TCPFLOW_SCRIPT")))
  (find-file script)
  (search-forward "client: close")
  (dap-breakpoint-add)
  (tcpflow-stop
   (lambda ()
     (dap-debug (list :type "tcpflow" :request "launch" :name "flow" :program script))))
  (tcpflow-stop (lambda () (dap-next (dap--cur-session))))
  (tcpflow-stop (lambda () (dap-step-in (dap--cur-session))))
  (tcpflow-stop
   (lambda ()
     (let ((session (dap--cur-session)))
       (dap-continue session (dap--debug-session-thread-id session)))))
  (tcpflow-say "at line %s" (line-number-at-pos))
  (let* ((session (dap--cur-session))
         (frame (dap--debug-session-active-frame-id session))
         result)
    (dap--send-message
     (dap--make-request "evaluate" (list :expression "client.STATE" :frameId frame))
     (lambda (answer) (setq result (gethash "result" (gethash "body" answer))))
     session)
    (tcpflow-wait "a value" (lambda () result))
    (tcpflow-say "client.STATE: %s" result)
    (dap-continue session (dap--debug-session-thread-id session)))
  (tcpflow-wait "the end" (lambda () tcpflow-over))
  (princ (with-current-buffer "*flow out*" (buffer-string))))

;;; emacs.el ends here
