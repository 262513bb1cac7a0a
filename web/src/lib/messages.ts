import { datasetMessages } from "./messages-datasets";
import { evaluationMessages } from "./messages-evaluations";
import { modelMessages } from "./messages-models";
import { trackingMessages } from "./messages-tracking";

export type Language = "en" | "ko";

/** The languages by their own names. */
export const languages: Record<Language, string> = { en: "English", ko: "한국어" };

export const isLanguage = (value: unknown): value is Language => typeof value === "string" && value in languages;

// Every text of the page in every language; {names} in braces are filled in. A missing language, a key that is asked for
// but not here, and a missing or unknown {name} fail the type check.
const catalogue = {
  ...trackingMessages,
  ...modelMessages,
  ...datasetMessages,
  ...evaluationMessages,

  "action.cancel": { en: "Cancel", ko: "취소" },
  "action.clear": { en: "Clear", ko: "선택 해제" },
  "action.close": { en: "Close", ko: "닫기" },
  "action.copied": { en: "Copied", ko: "복사됨" },
  "action.copy": { en: "Copy {text}", ko: "{text} 복사" },
  "action.done": { en: "Done", ko: "완료" },
  "action.edit": { en: "Edit: {thing}", ko: "{thing} 편집" },
  "action.editShort": { en: "Edit", ko: "편집" },
  "action.loadMore": { en: "Load more", ko: "더 보기" },
  "action.more": { en: "Actions", ko: "작업" },
  "action.retry": { en: "Try again", ko: "다시 시도" },
  "action.save": { en: "Save", ko: "저장" },

  "common.by": { en: "by {name}", ko: "작성자 {name}" },

  "error.aborted": { en: "Someone else changed this at the same moment", ko: "다른 사용자가 동시에 변경했습니다" },
  "error.denied": { en: "Your role does not allow this", ko: "현재 역할로는 할 수 없는 작업입니다" },
  "error.exhausted": { en: "The platform is at its limit", ko: "플랫폼의 허용 한도에 도달했습니다" },
  "error.exists": { en: "That name is taken", ko: "이미 사용 중인 이름입니다" },
  "error.internal": { en: "Something went wrong on our side", ko: "플랫폼 내부 오류가 발생했습니다" },
  "error.invalid": { en: "Something in the request is not right", ko: "요청 내용이 올바르지 않습니다" },
  "error.notFound": { en: "There is no such thing here", ko: "찾을 수 없습니다" },
  "error.page": { en: "This part of the page failed", ko: "화면 일부를 표시하지 못했습니다" },
  "error.refused": { en: "Refused", ko: "거부되었습니다" },
  "error.requestId": { en: "Request id", ko: "요청 ID" },
  "error.timeout": { en: "That took too long", ko: "응답 시간이 초과되었습니다" },
  "error.unauthenticated": { en: "Please sign in again", ko: "다시 로그인하세요" },
  "error.unavailable": { en: "A service is away at the moment", ko: "지금은 서비스를 사용할 수 없습니다" },
  "error.unreachable": { en: "The platform cannot be reached", ko: "플랫폼에 연결할 수 없습니다" },

  "evaluations.dataset": { en: "Dataset version {id}", ko: "데이터셋 버전 {id}" },
  "evaluations.empty": { en: "Not evaluated yet", ko: "아직 평가되지 않았습니다" },
  "evaluations.emptyHint": {
    en: "A pipeline's evaluate step records a version's metrics on a dataset version.",
    ko: "파이프라인의 평가 단계가 데이터셋 버전에 대한 메트릭을 기록합니다.",
  },
  "evaluations.title": { en: "Evaluations", ko: "평가" },

  "file.path": { en: "File", ko: "파일" },
  "file.size": { en: "Size", ko: "크기" },

  "gate.before": { en: "Before", ko: "대상 단계" },
  "gate.candidate": { en: "This version", ko: "이 버전" },
  "gate.closed": {
    en: "The gate before {stage} is closed for this version",
    ko: "이 버전은 {stage} 게이트를 통과할 수 없습니다",
  },
  "gate.fail": { en: "Fails", ko: "미달" },
  "gate.metric": { en: "Metric", ko: "메트릭" },
  "gate.mustExist": { en: "must be measured", ko: "측정값 필요" },
  "gate.noRules": {
    en: "No rules stand before {stage}: every version passes",
    ko: "{stage} 게이트에 규칙이 없어 모든 버전이 통과합니다",
  },
  "gate.noWorse": { en: "no worse than Production", ko: "운영 버전보다 나쁘지 않음" },
  "gate.withinInterval": { en: "as far as the evaluation can tell", ko: "평가로 구별되는 범위에서" },
  "gate.open": { en: "The gate before {stage} is open for this version", ko: "이 버전은 {stage} 게이트를 통과합니다" },
  "gate.pass": { en: "Passes", ko: "통과" },
  "gate.result": { en: "Result", ko: "결과" },
  "gate.title": { en: "Gate", ko: "게이트" },

  "health.bad": { en: "Failed or NaN", ko: "실패·NaN" },
  "health.empty": { en: "No predictions yet", ko: "아직 예측이 없습니다" },
  "health.emptyHint": { en: "Counts appear as soon as serving answers.", ko: "서빙이 응답하면 집계가 표시됩니다." },
  "health.labelled": { en: "Labelled", ko: "라벨" },
  "health.last": { en: "Last", ko: "마지막" },
  "health.latency": { en: "Mean latency", ko: "평균 지연" },
  "health.ms": { en: "{value} ms", ko: "{value} ms" },
  "health.predictions": { en: "Predictions", ko: "예측" },
  "health.title": { en: "Health by version", ko: "버전별 상태" },
  "health.verdict": { en: "Release verdict", ko: "릴리스 판정" },

  "history.empty": { en: "Nothing has been promoted yet", ko: "아직 승격 기록이 없습니다" },
  "history.emptyHint": {
    en: "Promotions, refusals and rollbacks stay here for good.",
    ko: "승격, 거부, 롤백 기록이 영구히 남습니다.",
  },
  "history.ofVersion": { en: "History of this version", ko: "이 버전의 기록" },
  "history.title": { en: "Promotion history", ko: "승격 기록" },

  "home.allModels": { en: "All models", ko: "전체 모델" },
  "home.allRuns": { en: "All pipeline runs", ko: "전체 파이프라인 실행" },
  "home.title": { en: "Overview", ko: "개요" },

  "menu.label": { en: "Account and settings of {user}", ko: "{user} 계정 및 설정" },
  "menu.language": { en: "Language", ko: "언어" },
  "menu.signOut": { en: "Sign out", ko: "로그아웃" },
  "menu.theme": { en: "Colours", ko: "화면 색상" },

  "model.inProduction": { en: "v{version} in Production", ko: "v{version} 운영 중" },
  "model.notInProduction": { en: "Not in Production", ko: "운영 버전 없음" },
  "models.created": { en: "Created", ko: "생성" },
  "models.empty": { en: "No models yet", ko: "아직 모델이 없습니다" },
  "models.emptyHint": {
    en: "A pipeline's register step creates the first one.",
    ko: "파이프라인의 등록 단계가 첫 모델을 만듭니다.",
  },
  "models.latest": { en: "Latest", ko: "최신" },
  "models.name": { en: "Model", ko: "모델" },
  "models.subtitle": { en: "Registered models, their versions and stages", ko: "등록된 모델과 버전, 단계" },
  "models.title": { en: "Models", ko: "모델" },

  "nav.datasets": { en: "Datasets", ko: "데이터셋" },
  "nav.experiments": { en: "Experiments", ko: "실험" },
  "nav.home": { en: "Overview", ko: "개요" },
  "nav.label": { en: "Main", ko: "주 메뉴" },
  "nav.models": { en: "Models", ko: "모델" },
  "nav.pipelines": { en: "Pipelines", ko: "파이프라인" },
  "nav.runs": { en: "Runs", ko: "실행" },
  "nav.skip": { en: "Skip to the content", ko: "본문으로 건너뛰기" },

  "notFound.home": { en: "Back to the overview", ko: "개요로 돌아가기" },
  "notFound.text": { en: "No page has this address.", ko: "이 주소에 해당하는 페이지가 없습니다." },
  "notFound.title": { en: "Page not found", ko: "페이지를 찾을 수 없음" },

  "pipelineRun.noParameters": { en: "No parameters", ko: "매개변수 없음" },
  "pipelineRun.outputs": { en: "Outputs", ko: "출력" },
  "pipelineRun.parameters": { en: "Parameters", ko: "매개변수" },
  "pipelineRuns.duration": { en: "Duration", ko: "소요 시간" },
  "pipelineRuns.empty": { en: "No pipeline has run yet", ko: "아직 실행된 파이프라인이 없습니다" },
  "pipelineRuns.emptyHint": { en: "Start one with", ko: "다음 명령으로 시작하세요:" },
  "pipelineRuns.pipeline": { en: "Pipeline", ko: "파이프라인" },
  "pipelineRuns.recent": { en: "Recent pipeline runs", ko: "최근 파이프라인 실행" },
  "pipelineRuns.started": { en: "Started", ko: "시작" },
  "pipelineRuns.state": { en: "State", ko: "상태" },
  "pipelineRuns.steps": { en: "Steps", ko: "단계" },
  "pipelineRuns.title": { en: "Pipeline runs", ko: "파이프라인 실행" },
  "pipelineRuns.trigger": { en: "Started by", ko: "시작 방식" },
  "pipelines.empty": { en: "No pipelines yet", ko: "아직 파이프라인이 없습니다" },
  "pipelines.revision": { en: "rev. {revision}", ko: "개정 {revision}" },
  "pipelines.subtitle": { en: "From data to a served model, step by step", ko: "데이터에서 서빙 모델까지의 단계" },
  "pipelines.title": { en: "Pipelines", ko: "파이프라인" },

  "production.empty": { en: "Nothing is in Production", ko: "운영 중인 모델이 없습니다" },
  "production.emptyHint": {
    en: "Promote a model version to Production and it appears here, served.",
    ko: "모델 버전을 운영으로 승격하면 여기에 표시되고 서빙됩니다.",
  },
  "production.inference": { en: "Inference address", ko: "추론 주소" },
  "production.model": { en: "Model", ko: "모델" },
  "production.requests": { en: "Requests", ko: "요청" },
  "production.since": { en: "Since", ko: "시점" },
  "production.state": { en: "Serving", ko: "서빙" },
  "production.title": { en: "In Production", ko: "운영 중인 모델" },

  "promote.button": { en: "Promote", ko: "승격" },
  "promote.description": {
    en: "The gate before the stage decides on these numbers. Its decision stays in the history.",
    ko: "대상 단계의 게이트가 아래 수치로 판정하며, 결과는 기록에 남습니다.",
  },
  "promote.reason": { en: "Reason", ko: "사유" },
  "promote.reasonHint": { en: "For whoever reads the history later", ko: "나중에 기록을 볼 사람을 위해 적어 주세요" },
  "promote.stage": { en: "Stage", ko: "단계" },
  "promote.submit": { en: "Promote to {stage}", ko: "{stage}(으)로 승격" },
  "promote.title": { en: "Promote {name} v{version}", ko: "{name} v{version} 승격" },
  "promotion.deleted": { en: "Deleted", ko: "삭제됨" },
  "promotion.numbers": { en: "Numbers", ko: "근거 수치" },
  "promotion.promoted": { en: "Promoted", ko: "승격됨" },
  "promotion.refused": { en: "Refused", ko: "거부됨" },
  "promotion.replaced": { en: "replaced v{version}", ko: "v{version} 대체" },
  "promotion.rolledBack": { en: "Rolled back", ko: "롤백됨" },
  "promotion.unknown": { en: "Unknown", ko: "알 수 없음" },

  "role.admin": { en: "Admin", ko: "관리자" },
  "role.engineer": { en: "Engineer", ko: "엔지니어" },
  "role.none": { en: "No role", ko: "역할 없음" },
  "role.viewer": { en: "Viewer", ko: "조회자" },
  "role.worker": { en: "Worker", ko: "작업자" },

  "rollback.button": { en: "Roll back", ko: "롤백" },
  "rollback.reason": { en: "Reason", ko: "사유" },
  "rollback.reasonHint": { en: "Required: it stays in the history.", ko: "필수 항목이며 기록에 남습니다." },
  "rollback.submit": { en: "Roll back now", ko: "지금 롤백" },
  "rollback.title": { en: "Roll back {name}?", ko: "{name} 롤백" },
  "rollback.toPrevious": {
    en: "v{current} leaves Production and the version before it returns. Serving switches within a second.",
    ko: "v{current}이(가) 운영에서 내려가고 이전 버전이 복귀합니다. 서빙은 1초 안에 전환됩니다.",
  },
  "rollback.toVersion": {
    en: "v{current} leaves Production and v{previous} returns. Serving switches within a second.",
    ko: "v{current}이(가) 운영에서 내려가고 v{previous}이(가) 복귀합니다. 서빙은 1초 안에 전환됩니다.",
  },

  "run.artifacts": { en: "Artifacts", ko: "아티팩트" },
  "run.chartLabel": {
    en: "Chart of {key} by step: {count} points from {least} to {greatest}, the last {last}",
    ko: "스텝별 {key} 차트: {count}개 지점, 최소 {least}, 최대 {greatest}, 마지막 {last}",
  },
  "run.failed": { en: "Failed", ko: "실패" },
  "run.finished": { en: "Finished", ko: "완료" },
  "run.killed": { en: "Killed", ko: "중단됨" },
  "run.latest": { en: "{value} at step {step}", ko: "스텝 {step}: {value}" },
  "run.metrics": { en: "Latest metrics", ko: "최신 메트릭" },
  "run.metricsBySplit": { en: "Latest metrics by split", ko: "분할별 최신 메트릭" },
  "run.moreMetrics": { en: "{count} more metrics with a history", ko: "이력이 있는 메트릭 {count}개 더 있음" },
  "run.noArtifacts": { en: "No artifacts", ko: "아티팩트 없음" },
  "run.noFinitePoints": { en: "No finite values to draw", ko: "그릴 수 있는 값이 없습니다" },
  "run.noMetrics": { en: "No metrics logged yet", ko: "아직 기록된 메트릭이 없습니다" },
  "run.noParams": { en: "No params", ko: "파라미터 없음" },
  "run.noTags": { en: "No tags", ko: "태그 없음" },
  "run.params": { en: "Params", ko: "파라미터" },
  "run.running": { en: "Running", ko: "실행 중" },
  "run.scheduled": { en: "Scheduled", ko: "예약됨" },
  "run.tags": { en: "Tags", ko: "태그" },
  "run.unknown": { en: "Unknown", ko: "알 수 없음" },
  "runs.allExperiments": { en: "All experiments", ko: "전체 실험" },
  "runs.duration": { en: "Duration", ko: "소요 시간" },
  "runs.empty": { en: "No runs yet", ko: "아직 실행이 없습니다" },
  "runs.emptyHint": {
    en: "Run a pipeline, or point an MLflow script at this address: mlflow.set_tracking_uri(…).",
    ko: "파이프라인을 실행하거나 MLflow 스크립트의 추적 주소를 이 플랫폼으로 지정하세요: mlflow.set_tracking_uri(…).",
  },
  "runs.experiment": { en: "Experiment", ko: "실험" },
  "runs.metricColumn": { en: "Metric {key}", ko: "메트릭 {key}" },
  "runs.name": { en: "Run", ko: "실행" },
  "runs.paramColumn": { en: "Param {key}", ko: "파라미터 {key}" },
  "runs.started": { en: "Started", ko: "시작" },
  "runs.status": { en: "Status", ko: "상태" },
  "runs.subtitle": { en: "Every training run with its params and metrics", ko: "학습 실행과 파라미터, 메트릭" },
  "runs.title": { en: "Runs", ko: "실행" },

  "service.ready": { en: "Ready", ko: "정상" },
  "service.restarting": { en: "Restarting", ko: "재시작 중" },
  "service.starting": { en: "Starting", ko: "시작 중" },
  "service.stopped": { en: "Stopped", ko: "중지됨" },
  "service.unhealthy": { en: "Unhealthy", ko: "비정상" },
  "service.unknown": { en: "Unknown", ko: "알 수 없음" },
  "services.empty": { en: "No services reported", ko: "보고된 서비스가 없습니다" },
  "services.lastExit": { en: "How it last ended", ko: "최근 종료 원인" },
  "services.live": { en: "live", ko: "실시간" },
  "services.name": { en: "Service", ko: "서비스" },
  "services.restarts": { en: "Restarts", ko: "재시작" },
  "services.state": { en: "State", ko: "상태" },
  "services.title": { en: "Services", ko: "서비스" },
  "services.uptime": { en: "Uptime", ko: "가동 시간" },

  "serving.failed": { en: "Refused", ko: "거부됨" },
  "serving.failures": { en: "{count} failed", ko: "실패 {count}" },
  "serving.loading": { en: "Loading", ko: "로딩 중" },
  "serving.ready": { en: "Answering", ko: "응답 중" },
  "serving.stillOn": { en: "v{version} answers meanwhile", ko: "그동안 v{version} 응답" },
  "serving.unknown": { en: "Unknown", ko: "알 수 없음" },

  "signIn.badCode": { en: "This link has been used or has expired", ko: "이미 사용되었거나 만료된 링크입니다" },
  "signIn.badCodeHint": {
    en: "Ask an admin for a new one, or sign in with your password.",
    ko: "관리자에게 새 링크를 요청하거나 비밀번호로 로그인하세요.",
  },
  "signIn.badPassword": {
    en: "User name or password is not right",
    ko: "사용자 이름 또는 비밀번호가 올바르지 않습니다",
  },
  "signIn.byCode": { en: "Signing you in…", ko: "로그인하는 중…" },
  "signIn.hint": {
    en: "No password yet? An admin makes a sign-in link with",
    ko: "비밀번호가 없나요? 관리자가 로그인 링크를 만들 수 있습니다:",
  },
  "signIn.password": { en: "Password", ko: "비밀번호" },
  "signIn.submit": { en: "Sign in", ko: "로그인" },
  "signIn.subtitle": { en: "Failure-prediction models, in operation", ko: "고장 예측 모델 운영 플랫폼" },
  "signIn.title": { en: "Sign in to Millwright", ko: "Millwright 로그인" },
  "signIn.userName": { en: "User name", ko: "사용자 이름" },

  "split.test": { en: "Test", ko: "테스트" },
  "split.train": { en: "Train", ko: "학습" },
  "split.validation": { en: "Validation", ko: "검증" },

  "stage.archived": { en: "Archived", ko: "보관" },
  "stage.none": { en: "None", ko: "없음" },
  "stage.production": { en: "Production", ko: "운영" },
  "stage.staging": { en: "Staging", ko: "스테이징" },

  "state.cancelled": { en: "Cancelled", ko: "취소됨" },
  "state.failed": { en: "Failed", ko: "실패" },
  "state.loading": { en: "Loading", ko: "불러오는 중" },
  "state.running": { en: "Running", ko: "실행 중" },
  "state.skipped": { en: "Skipped", ko: "건너뜀" },
  "state.succeeded": { en: "Succeeded", ko: "성공" },
  "state.unknown": { en: "Unknown", ko: "알 수 없음" },
  "state.waiting": { en: "Waiting", ko: "대기 중" },
  "steps.attempt": { en: "attempt {attempt}", ko: "{attempt}번째 시도" },
  "steps.done": { en: "{done} of {total} steps", ko: "{total}단계 중 {done}단계 완료" },
  "steps.outputs": { en: "Outputs ({count})", ko: "출력 ({count})" },
  "steps.worker": { en: "on {worker}", ko: "작업자 {worker}" },

  "system.allReady": { en: "All {count} services ready", ko: "서비스 {count}개 모두 정상" },
  "system.home": { en: "Data in", ko: "데이터 위치" },
  "system.someReady": { en: "{ready} of {count} services ready", ko: "서비스 {count}개 중 {ready}개 정상" },
  "system.unreachable": { en: "Connection lost, trying again", ko: "연결이 끊겨 다시 시도하는 중" },
  "system.version": { en: "Version {version}", ko: "버전 {version}" },

  "theme.dark": { en: "Dark", ko: "어둡게" },
  "theme.light": { en: "Light", ko: "밝게" },
  "theme.system": { en: "As the system", ko: "시스템 설정" },

  "trigger.manual": { en: "By hand", ko: "수동" },
  "trigger.schedule": { en: "Schedule {name}", ko: "일정 {name}" },

  "verdict.none": { en: "None", ko: "없음" },
  "verdict.passed": { en: "Passed", ko: "통과" },
  "verdict.rollbackFailed": { en: "Bad, nothing to return to", ko: "불량, 복귀할 버전 없음" },
  "verdict.rolledBack": { en: "Rolled back", ko: "롤백됨" },
  "verdict.watching": { en: "Watching", ko: "관찰 중" },

  "version.contentHash": { en: "Content hash", ko: "콘텐츠 해시" },
  "version.files": { en: "Bundle files", ko: "번들 파일" },
  "version.lineage": { en: "Lineage", ko: "계보" },
  "version.noFiles": { en: "No files", ko: "파일 없음" },
  "version.short": { en: "v{version}", ko: "v{version}" },
  "version.title": { en: "{name} v{version}", ko: "{name} v{version}" },
  "versions.by": { en: "Registered by", ko: "등록자" },
  "versions.created": { en: "Registered", ko: "등록" },
  "versions.empty": { en: "No versions yet", ko: "아직 버전이 없습니다" },
  "versions.run": { en: "Run", ko: "실행" },
  "versions.stage": { en: "Stage", ko: "단계" },
  "versions.title": { en: "Versions", ko: "버전" },
  "versions.version": { en: "Version", ko: "버전" },
} as const satisfies Record<string, Record<Language, string>>;

export type MessageKey = keyof typeof catalogue;

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesOf<Key extends MessageKey> = Names<(typeof catalogue)[Key]["en"]>;
type Values<Key extends MessageKey> = [NamesOf<Key>] extends [never] ? [] : [Record<NamesOf<Key>, string | number>];

/** The keys of texts with nothing to fill in: for tables of labels. */
export type LabelKey = { [Key in MessageKey]: [NamesOf<Key>] extends [never] ? Key : never }[MessageKey];

export type Translate = <Key extends MessageKey>(key: Key, ...values: Values<Key>) => string;

export function makeTranslate(language: Language): Translate {
  return (key, ...[values]) => {
    const text: string = catalogue[key][language];
    if (values === undefined) return text;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      String((values as Record<string, string | number>)[name] ?? whole),
    );
  };
}

/** A word of the platform's that may be one this page knows no text for: then the word itself. */
export function labelOf(t: Translate, group: string, word: string): string {
  const key = `${group}.${word}`;
  return key in catalogue ? t(key as LabelKey) : word;
}

/** For the test that compares the languages. */
export const allMessages: Record<string, Record<Language, string>> = catalogue;
